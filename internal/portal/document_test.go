package portal

import (
	"fmt"

	"solferino/finding"
	"solferino/record"
)

// attributed is a finding that names somebody, with low confidence and dissent.
func attributed() finding.Document {
	return finding.Document{
		Format: finding.Format, Institution: "Institute of Examples", Notice: "DEMONSTRATION",
		Case: "case/2026-001", Version: 2, Change: "An exhibit from a second origin was added.",
		Title: "Power cuts in western Ukraine, December 2015",
		Incident: finding.Incident{Date: "2015-12-23", Victims: []string{"UA"},
			Summary: "Intruders opened breakers at three regional power companies and cut off about 225,000 customers for up to six hours, wiped operators' machines and flooded the call centres."},
		Outcome: finding.Attributed,
		Sentences: finding.Sentences{
			Who:        "The actor behind this is Sandworm Team (G0034): 88 % (15 to 93 %), very likely. None of the listed: 10 % (4 to 71 %), very unlikely.",
			Confidence: "Confidence in the evidence and the method: low.",
			State:      "No state is named: the link from an actor to a state is a claim of its own, and none was reviewed here.",
		},
		Hypotheses: []finding.Hypothesis{
			{Actor: "G0034", Name: "Sandworm Team", P: .877, Low: .15, High: .93, Word: "very likely"},
			{Name: "none of the listed", P: .1, Low: .04, High: .71, Word: "very unlikely"},
			{Actor: "G0074", Name: "Dragonfly", P: .012, Low: .002, High: .12, Word: "almost no chance"},
			{Actor: "G0032", Name: "Lazarus Group", P: .004, Low: .001, High: .05, Word: "almost no chance"},
		},
		Confidence: finding.Confidence{Level: "low", Drivers: []string{
			"One item, the malware BlackEnergy, carries most of the support; without it another answer leads.",
			"All items come from three publishers."}},
		FramingCost: 1, Framing: []string{"software S0089"},
		Items:   items(14),
		LeftOut: []finding.LeftOut{{ID: "x-2/o7", Value: "T1059", Reason: "implied by S0089, which is counted"}},
		Without: []finding.Without{
			{What: "item x-1/o1", First: "none of the listed", P: .31, Changed: true},
			{What: "origin e-isac", First: "Sandworm Team", P: .84},
			{What: "family software", First: "none of the listed", P: .28, Changed: true},
		},
		Excluded: []finding.Source{{ID: "353", Name: "Ukraine case report"}, {ID: "354", Name: "BlackEnergy analysis"}},
		Effect:   "2 sources excluded, which took 3 reports with 61 statements out of the profiles.",
		Record:   "In 58 earlier new reports like this, the first name agreed with public reporting in 31 % (95 % interval 20 to 49 %).",
		Exhibits: []finding.Exhibit{
			{ID: "x-1", Title: "Analysis of the cyber attack on the Ukrainian power grid", Source: "E-ISAC and SANS", URL: "https://example.org/defense-use-case",
				Published: "2016-03-18", Basis: "seen", Grade: "B2", TLP: "CLEAR", Origins: []string{"e-isac"},
				Hands: []string{"person/m.okafor", "person/l.silva"}, Derived: 11},
			{ID: "x-2", Title: "BlackEnergy by the SSHBearDoor", Source: "a vendor's laboratory", Published: "2016-01-03", Basis: "recall",
				Grade: "C3", TLP: "CLEAR", Origins: []string{"eset"}, Hands: []string{"person/m.okafor"}, InTransit: "person/l.silva", Derived: 3},
		},
		Claims: []finding.Claim{
			{By: "US Department of Justice", Date: "2020-10-19", Says: "Charges six officers of Unit 74455.", Accused: "RU", Source: "https://example.org/indictment", Basis: "seen"},
			{By: "Security Service of Ukraine", Date: "2015-12-28", Says: "Special services of a neighbour did it.", Accused: "RU", Source: "press release", Basis: "recall"},
		},
		Notices: []finding.Notice{{State: "RU", Sent: "2026-02-01", Text: "The institution asks for your view on the enclosed evidence."}},
		Panel: finding.Panel{
			Round: 2, Statute: "public-private, version 1", Checkpoint: 31, Concur: 4, Dissent: 1,
			Seats: []finding.Seat{
				{Person: "person/a.mensah", State: "GH", Region: "africa", Sector: "academia", Vote: "concur", Reason: "The numbers follow from the items."},
				{Person: "person/b.tan", State: "SG", Region: "asia-pacific", Sector: "industry", Vote: "concur", Reason: "As far as the evidence goes."},
				{Person: "person/c.rossi", State: "IT", Region: "western-europe-others", Sector: "government", Vote: "dissent", Reason: "One item is not enough."},
				{Person: "person/d.kovac", State: "HR", Region: "eastern-europe", Sector: "academia", Vote: "concur", Reason: "Method and exclusions are sound."},
				{Person: "person/e.paz", State: "UY", Region: "latin-america-caribbean", Sector: "industry", Vote: "concur", Reason: "With the stated limits."},
			},
			Recused:  []finding.Recused{{Person: "person/f.ivanenko", Reason: "their state UA is a party to the case"}},
			Dissents: []finding.Opinion{{Person: "person/c.rossi", Text: "The whole weight hangs on one piece of malware that others could have bought.\n\nI would have named nobody until a second family of evidence is in."}},
		},
		Clauses: []finding.Clause{{
			Clause: "gge-2015#13f", Instrument: "UN GGE 2015",
			Text: "Do not conduct or knowingly support activity, contrary to obligations under international law, that intentionally damages or impairs critical infrastructure which serves the public.",
			Mark: "paraphrase", State: "RU", Date: "2015-12-23", Force: "voluntary", Since: "2015-07-22", By: "endorse gge-2015 on 2015-12-23 (https://example.org/list)",
			Verdict: finding.Undetermined,
			Elements: []finding.Element{
				{Name: "serves the public", Verdict: finding.Met, Because: "Electricity for 225,000 customers."},
				{Name: "damaged on purpose", Verdict: finding.Met, Because: "Breakers were opened by hand."},
				{Name: "acts for a state", Verdict: finding.Undetermined, Because: "No link from the actor to a state was reviewed."},
			}}, {
			Clause: "dgc-2017#1", Instrument: "Digital Geneva Convention",
			Text: "Do not attack systems whose destruction would harm the safety or security of private citizens.",
			Mark: "paraphrase", State: "RU", Date: "2015-12-23", Force: "none", Verdict: finding.NotMet,
			Elements: []finding.Element{{Name: "in force on that day", Verdict: finding.NotMet, Because: "The text is of 2017."}},
		}},
		WouldChange: []string{
			"Proof that software S0089 was planted or misread: none of the listed would then come first, and Sandworm Team have 31 %.",
			"An actor that is not listed, once described in public by independent sources."},
		Limits: []string{
			"Probabilities are measured against public reporting, which is not the truth, and hold for the listed actors only.",
			"No state is inferred from a resemblance of techniques or tools."},
		Knowledge: finding.Knowledge{Version: "attack-16.1", Digest: record.Sum([]byte("k")), Engine: "transparent/1", Result: record.Sum([]byte("r"))},
	}
}

func items(n int) []finding.Item {
	list := []finding.Item{{ID: "x-1/o1", Exhibit: "x-1", Family: "software", Value: "S0089", Name: "BlackEnergy", Origins: []string{"e-isac"}, Weight: .95, Support: 3.41}}
	for i := 2; i <= n; i++ {
		list = append(list, finding.Item{ID: fmt.Sprintf("x-%d/o%d", i%2+1, i), Exhibit: "x-1", Family: "technique", Value: fmt.Sprintf("T%04d", 1000+i),
			Name: "Spearphishing Attachment", Origins: []string{"e-isac", "eset"}[i%2 : i%2+1], Weight: .7, Support: .6 - float64(i)/12})
	}
	return list
}

// refused is a finding that names nobody.
func refused(id record.Subject) finding.Document {
	d := attributed()
	d.Case, d.Version, d.Change = id, 1, ""
	d.Title = "NotPetya, June 2017"
	d.Incident = finding.Incident{Date: "2017-06-27", Victims: []string{"DE", "UA"}, Summary: "A wiper spread from the update of an accounting program."}
	d.Outcome = finding.Insufficient
	d.Sentences.Who = "Nobody is named. Of the listed actors Sandworm Team (G0034) comes first: 31 % (9 to 66 %), unlikely. None of the listed: 60 % (22 to 88 %), likely."
	d.Hypotheses = []finding.Hypothesis{
		{Name: "none of the listed", P: .6, Low: .22, High: .88, Word: "likely"},
		{Actor: "G0034", Name: "Sandworm Team", P: .31, Low: .09, High: .66, Word: "unlikely"},
	}
	d.Refusals = []string{"The likeliest actor, Sandworm Team, has P 0.3100; a name takes 0.7."}
	d.Panel.Dissents, d.Panel.Dissent, d.Notices, d.Clauses = nil, 0, nil, nil
	return d
}
