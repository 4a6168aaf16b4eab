// Package review makes independence mechanical: a statute as data, a roster
// from which those with a tie to the case are recused by rule, a lot that
// anyone can draw again, ballots sealed before anybody sees another's, and
// dissent that cannot be left out.
package review
