package convention

import "testing"

func TestForcesClimbFromNoneToLegal(t *testing.T) {
	ladder := []Force{None, Proposal, Voluntary, Political, Legal}
	words := []string{"none", "proposal", "voluntary", "political", "legal"}
	for i, f := range ladder {
		if i > 0 && f <= ladder[i-1] {
			t.Errorf("%s is not above %s", f, ladder[i-1])
		}
		if f.String() != words[i] {
			t.Errorf("String() = %q, want %q", f, words[i])
		}
		if got, err := ParseForce(words[i]); got != f || err != nil {
			t.Errorf("ParseForce(%q) = %v, %v", words[i], got, err)
		}
	}
}

func TestForceRefusesOtherWords(t *testing.T) {
	for _, word := range []string{"", "Legal", "binding", "force 5"} {
		if f, err := ParseForce(word); err == nil {
			t.Errorf("ParseForce(%q) = %v, want an error", word, f)
		}
	}
	if b, err := Force(5).MarshalText(); err == nil {
		t.Errorf("Force(5) writes %q, want an error", b)
	}
	if got := Force(-1).String(); got != "force -1" {
		t.Errorf("Force(-1) = %q", got)
	}
}
