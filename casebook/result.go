package casebook

import (
	"fmt"

	"solferino/attribution"
	"solferino/finding"
)

// shown is how many hypotheses that name somebody a finding prints.
const shown = 5

// fillResult puts what the engine says into the finding.
func fillResult(d *finding.Document, r attribution.Result) {
	fillHypotheses(d, r)
	d.Refusals = r.Refusals
	d.Confidence = finding.Confidence{Level: r.Confidence.Level, Drivers: r.Confidence.Drivers}
	d.FramingCost = r.Framing.Cost
	for _, f := range r.Framing.Removed {
		d.Framing = append(d.Framing, f.Family+" "+f.Value)
	}
	for _, i := range append(r.Items, r.Judgements...) {
		d.Items = append(d.Items, itemShown(i))
	}
	for _, l := range r.LeftOut {
		d.LeftOut = append(d.LeftOut, finding.LeftOut{ID: l.Item, Value: l.Value, Reason: l.Because})
	}
	for _, s := range r.CircularSoftware {
		d.LeftOut = append(d.LeftOut, finding.LeftOut{ID: s.ID, Value: s.Name, Reason: s.Because})
	}
	fillWithout(d, r)
	fillExcluded(d, r)
	d.Record = r.ReferenceClass.Line
	d.Sentences = sentences(d, r)
	d.WouldChange = wouldChange(r)
}

func fillHypotheses(d *finding.Document, r attribution.Result) {
	named := 0
	for _, h := range r.Hypotheses {
		out := finding.Hypothesis{Actor: h.ID, Name: h.Name, P: h.P, Low: h.Low, High: h.High, Word: h.Word}
		if h.ID == attribution.None {
			out.Actor = ""
		} else if named++; named > shown {
			continue
		}
		d.Hypotheses = append(d.Hypotheses, out)
	}
}

func itemShown(i attribution.Contribution) finding.Item {
	out := finding.Item{ID: i.Item, Family: i.Family, Value: i.Value, Name: i.Name, Origins: i.Origins, Weight: i.Rho, Support: i.VsAverage}
	out.Exhibit, _, _ = cutLast(i.Item)
	if j := i.Judgement; j != nil {
		out.Judgement = fmt.Sprintf("%s: %g times as likely if %s did it; %s", j.Author, j.Ratio, j.Actor, j.Reason)
	}
	return out
}

func cutLast(id string) (before, after string, found bool) {
	for i := range id {
		if id[i] == '/' {
			return id[:i], id[i+1:], true
		}
	}
	return id, "", false
}

func fillWithout(d *finding.Document, r attribution.Result) {
	add := func(noun string, list []attribution.Without) {
		for _, w := range list {
			d.Without = append(d.Without, finding.Without{What: noun + " " + w.Removed, First: nameOf(r, w.First), P: w.P, Changed: w.Changed})
		}
	}
	add("item", r.WithoutItem)
	add("origin", r.WithoutOrigin)
	add("family", r.WithoutFamily)
}

func nameOf(r attribution.Result, id string) string {
	for _, h := range r.Hypotheses {
		if h.ID == id {
			return h.Name
		}
	}
	return id
}

func fillExcluded(d *finding.Document, r attribution.Result) {
	reports, edges := 0, 0
	for _, s := range r.ExcludedSources {
		d.Excluded = append(d.Excluded, finding.Source{ID: s.ID, Name: s.Name})
		reports, edges = reports+s.Reports, edges+s.Edges
	}
	d.Effect = fmt.Sprintf("%d sources excluded, which took %d reports with %d statements out of the profiles.",
		len(r.ExcludedSources), reports, edges)
}

// sentences writes the first screen. Likelihood and confidence stand apart.
func sentences(d *finding.Document, r attribution.Result) finding.Sentences {
	s := finding.Sentences{
		Confidence: fmt.Sprintf("Confidence in the evidence and the method: %s.", r.Confidence.Level),
		State:      "No state is named: the link from an actor to a state is a claim of its own, and none was reviewed here.",
	}
	leading, found := d.Leading()
	switch {
	case !found:
		s.Who = "Nobody is named: no listed actor fits."
	case r.Named == "":
		s.Who = fmt.Sprintf("Nobody is named. Of the listed actors %s comes first: %s. None of the listed: %s.",
			leading.Label(), leading.Likelihood(), d.None().Likelihood())
	default:
		s.Who = fmt.Sprintf("It is %s that %s did this: %s. None of the listed: %s.",
			leading.Word, leading.Label(), leading.Range(), d.None().Likelihood())
	}
	return s
}

// afterwards says how the leader stands without an observation.
func afterwards(r attribution.Result, f attribution.Removal) string {
	leader := nameOf(r, r.Leader)
	if f.First == r.Leader {
		return fmt.Sprintf("%s would be left with %s, too little for a name", leader, finding.Percent(f.P))
	}
	return fmt.Sprintf("%s would then come first, and %s would have %s", nameOf(r, f.First), leader, finding.Percent(f.P))
}

// wouldChange says what would overturn the result, from the result itself.
func wouldChange(r attribution.Result) []string {
	var list []string
	if r.Named == "" {
		list = append(list, "Evidence from further independent origins that lifts every refusal listed above.")
	}
	for _, f := range r.Framing.Removed {
		list = append(list, fmt.Sprintf("Proof that %s %s was planted or misread: %s.", f.Family, f.Value, afterwards(r, f)))
	}
	for _, w := range r.WithoutOrigin {
		if w.Changed {
			list = append(list, fmt.Sprintf("Doubt about everything from %s: %s would then come first.", w.Removed, nameOf(r, w.First)))
		}
	}
	return append(list, "An actor that is not listed, once described in public by independent sources.")
}
