package attribution_test

import (
	"testing"

	"solferino/attribution"
)

// development is one historic incident, as facts of ATT&CK v16.1: what was
// observed, and which sources tell of it. Its origins are two, so that the
// gates that it is meant for are the ones that speak.
type development struct {
	techniques []string
	software   []string
	excluded   []string // sources that tell of the incident itself
	circular   []string // malware known from it alone
}

// Campaign C0028 of 23 December 2015; 50, 51 and 52 are its own citations,
// the others tell of the same incident.
var ukraine2015 = development{
	techniques: []string{"T1018", "T1040", "T1055", "T1056.001", "T1059.005", "T1070.004", "T1071.001",
		"T1078", "T1105", "T1112", "T1133", "T1136.002", "T1204.002", "T1218.011", "T1562.001", "T1566.001", "T1570"},
	software: []string{"S0089", "S0607"},
	excluded: []string{"50", "51", "52", "353", "354", "373", "375"},
}

// Campaign C0025 of December 2016; 362 and 355 tell of much else as well.
var industroyer = development{
	techniques: []string{"T1003.001", "T1018", "T1021.002", "T1027", "T1027.002", "T1036.005", "T1036.008",
		"T1036.010", "T1047", "T1059.001", "T1059.003", "T1059.005", "T1098", "T1110", "T1136", "T1136.002",
		"T1505.001", "T1543.003", "T1554", "T1562.002", "T1570"},
	software: []string{"S0604"},
	excluded: []string{"45", "46", "47"},
}

// AcidRain against modems of KA-SAT, 24 February 2022.
var viasat = development{
	techniques: []string{"T1083", "T1485", "T1529", "T1561.001"},
	excluded:   []string{"365", "366"},
	circular:   []string{"S1125"},
}

// What S0368 does, 27 June 2017.
var notPetya = development{
	techniques: []string{"T1003.001", "T1021.002", "T1036", "T1047", "T1053.005", "T1070.001", "T1078.003",
		"T1083", "T1210", "T1218.011", "T1486", "T1518.001", "T1529", "T1569.002"},
	excluded: []string{"351", "352", "353", "355", "359", "360", "371", "374", "377"},
	circular: []string{"S0368"},
}

// What S0365 does, 9 February 2018.
var olympicDestroyer = development{
	techniques: []string{"T1003.001", "T1016", "T1018", "T1021.002", "T1047", "T1070.001", "T1135",
		"T1485", "T1489", "T1490", "T1529", "T1555.003", "T1569.002", "T1570"},
	excluded: []string{"351", "352", "353", "355", "358", "359"},
	circular: []string{"S0365"},
}

// question asks about d, each item well graded.
func (d development) question() attribution.Question {
	q := attribution.Question{ExcludedSources: d.excluded, Circular: d.circular}
	for _, t := range d.techniques {
		q.Items = append(q.Items, plain(attribution.FamilyTechnique, t))
	}
	for _, s := range d.software {
		q.Items = append(q.Items, plain(attribution.FamilySoftware, s))
	}
	for i := range q.Items {
		q.Items[i].Origins = []string{[]string{"responders", "laboratory"}[i%2]}
	}
	return q
}

// plain is an item that is relied on as much as its family allows.
func plain(family, value string) attribution.Item {
	return attribution.Item{ID: "item/" + value, Family: family, Value: value, Origins: []string{"responders"},
		SourceGrade: "B", InfoGrade: "2", Extraction: 1}
}

// artefact is an item that an analyst judged to speak twenty to one for actor.
func artefact(actor string) attribution.Item {
	it := plain(attribution.FamilyArtefact, "development environment recorded in the file")
	it.ID = "item/artefact"
	it.Judgement = &attribution.Judgement{Actor: actor, Ratio: 20, Author: "analyst/7",
		Reason: "the same environment was recorded in files of this actor only"}
	return it
}

func embedded(t testing.TB) *attribution.Knowledge {
	t.Helper()
	k, err := attribution.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rank(t testing.TB, k *attribution.Knowledge, q attribution.Question) attribution.Result {
	t.Helper()
	r, err := attribution.Rank(k, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// of gives the hypothesis id, or one with P 0 when it is not shown.
func of(r attribution.Result, id string) attribution.Hypothesis {
	for _, h := range r.Hypotheses {
		if h.ID == id {
			return h
		}
	}
	return attribution.Hypothesis{ID: id}
}
