package demo_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/demo"
	"solferino/evidence"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

func knowledge(t testing.TB) *attribution.Knowledge {
	t.Helper()
	k, err := attribution.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A vault holds contents in clear, by their hash.
type vault map[record.Digest][]byte

func (v vault) put(b []byte) record.Attachment {
	d := record.Sum(b)
	v[d] = b
	return record.Attachment{Commit: d, Blob: d}
}

func (v vault) get(a record.Attachment) ([]byte, error) {
	if b, ok := v[a.Commit]; ok {
		return b, nil
	}
	return nil, errors.New("not in the vault")
}

// exhibitID gives an exhibit the same id each time.
func exhibitID(name string) string { return "x-" + string(record.Sum([]byte(name)))[:16] }

// fold puts the case on record as far as the analysis of a round, with the
// rules of the casebook in force.
func fold(t testing.TB, c demo.Case, rounds int) (*casebook.Case, vault) {
	t.Helper()
	file, v := &casebook.Case{ID: record.Subject("case/" + c.Slug)}, vault{}
	say := func(act record.Act) {
		t.Helper()
		e := casebook.Entry{Record: record.Record{Subject: file.ID, ID: record.ID(strings.Repeat("0", 32)),
			Actor: "person/analyst-1", At: time.Unix(1e9, 0).UTC(), Act: act}}
		if err := e.Record.Validate(); err != nil {
			t.Fatal(err)
		}
		if err := file.Apply(e, nil); err != nil {
			t.Fatal(err)
		}
	}
	say(casebook.Opened{Title: v.put([]byte(c.Opening())), Date: c.Date, Victims: c.Victims, Parties: c.Parties})
	for _, claim := range c.Claims {
		say(claim)
	}
	for _, r := range c.Rounds[:rounds] {
		for _, x := range r.Exhibits {
			receive(t, v, x, say)
		}
		for _, k := range r.Contradictions {
			say(evidence.Contradicted{Exhibit: exhibitID(k.Exhibit), Observation: k.Observation, By: exhibitID(k.By), Reason: v.put([]byte(k.Reason))})
		}
		if r.Excluded.Reason != "" {
			say(attribution.Excluded{Sources: r.Excluded.Sources, Software: r.Excluded.Software, Reason: v.put([]byte(r.Excluded.Reason))})
		}
	}
	return file, v
}

func receive(t testing.TB, v vault, x demo.Exhibit, say func(record.Act)) {
	t.Helper()
	grade, err := evidence.ParseGrade(x.Grade)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := record.Marshal(x.Manifest())
	if err != nil {
		t.Fatal(err)
	}
	output, err := evidence.EncodeObservations(x.Observations)
	if err != nil {
		t.Fatal(err)
	}
	say(evidence.Received{Exhibit: exhibitID(x.Name), Content: v.put(x.Content()), Manifest: v.put(manifest), Grade: grade,
		TLP: x.TLP, Consent: x.Consent, Origins: x.Origins, Supplier: x.Supplier})
	say(evidence.Derived{Exhibit: exhibitID(x.Name), Tool: "reading", Version: "1", Output: v.put(output), Count: len(x.Observations)})
}

func rank(t testing.TB, c demo.Case, rounds int) attribution.Result {
	t.Helper()
	file, v := fold(t, c, rounds)
	q, err := file.Question(v.get)
	if err != nil {
		t.Fatal(err)
	}
	r, err := attribution.Rank(knowledge(t), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func probability(r attribution.Result, actor string) float64 {
	for _, h := range r.Hypotheses {
		if h.ID == actor {
			return h.P
		}
	}
	return 0
}

func bySlug(t testing.TB, slug string) demo.Case {
	t.Helper()
	for _, c := range load(t).Cases {
		if c.Slug == slug {
			return c
		}
	}
	t.Fatalf("no case %s", slug)
	return demo.Case{}
}

// TestOutcomes are those that the engine gives today. A change of engine or
// knowledge may move them; the texts of the cases, dissents above all, say
// these numbers and must then be read again.
func TestOutcomes(t *testing.T) {
	for _, tt := range []struct {
		name, slug string
		round      int
		named      string
		level      string
		framing    int
		refusals   int
		p          map[string]float64
	}{
		{"the name hangs on one program", "ukraine-grid-2015", 1, "G0034", "low", 1, 0, map[string]float64{"G0034": .877, "none": .077}},
		{"what many use names nobody", "notpetya-2017", 1, "", "low", 0, 1, map[string]float64{"none": .487, "G0082": .119}},
		{"planted traces do not reach the bar", "olympic-destroyer-2018", 1, "", "low", 0, 1, map[string]float64{"G0034": .349, "G0032": .225}},
		{"without the header Lazarus falls", "olympic-destroyer-2018", 2, "", "low", 0, 1, map[string]float64{"G0034": .443, "G0032": .014}},
		{"four techniques are too few", "viasat-2022", 1, "", "low", 0, 2, map[string]float64{"G0032": .638, "none": .126}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := rank(t, bySlug(t, tt.slug), tt.round)
			if r.Named != tt.named || r.Confidence.Level != tt.level || r.Framing.Cost != tt.framing || len(r.Refusals) != tt.refusals {
				t.Errorf("named %q with %s confidence, framing cost %d, refusals %q", r.Named, r.Confidence.Level, r.Framing.Cost, r.Refusals)
			}
			for actor, want := range tt.p {
				if got := probability(r, actor); got < want-.01 || got > want+.01 {
					t.Errorf("P(%s) = %.4f, want %.3f ± .01", actor, got, want)
				}
			}
			if r.IndependentSources < 2 {
				t.Errorf("%d independent sources", r.IndependentSources)
			}
			t.Logf("%d items of %d sources, named %q, %s, framing %d, refused %q", r.IndependentItems, r.IndependentSources, r.Named, r.Confidence.Level, r.Framing.Cost, r.Refusals)
			for _, h := range r.Hypotheses {
				t.Logf("  %-6s %-22s %.4f (%.4f to %.4f)", h.ID, h.Name, h.P, h.Low, h.High)
			}
		})
	}
}

// TestDissentOfUkraineIsRight checks the numbers that it gives.
func TestDissentOfUkraineIsRight(t *testing.T) {
	file, v := fold(t, bySlug(t, "ukraine-grid-2015"), 1)
	q, err := file.Question(v.get)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(q.Items)
	notPress := func(i attribution.Item) bool { return !slices.Contains(i.Origins, "zdnet") }
	for _, tt := range []struct {
		name    string
		keep    func(attribution.Item) bool
		exclude []string
		want    float64
		first   bool
	}{
		{"without BlackEnergy", func(i attribution.Item) bool { return i.Value != "S0089" }, nil, .63, true},
		{"techniques alone", func(i attribution.Item) bool { return i.Family == "technique" }, nil, .0715, false},
		{"without the press article", notPress, nil, .705, true},
		{"without two overviews", func(attribution.Item) bool { return true }, []string{"351", "352"}, .734, true},
		{"without both", notPress, []string{"351", "352"}, .469, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ask := q
			ask.Items = slices.DeleteFunc(slices.Clone(all), func(i attribution.Item) bool { return !tt.keep(i) })
			ask.ExcludedSources = append(slices.Clone(q.ExcludedSources), tt.exclude...)
			r, err := attribution.Rank(knowledge(t), ask)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("P(Sandworm) = %.4f, first %s, named %q", probability(r, "G0034"), r.Hypotheses[0].ID, r.Named)
			if got := probability(r, "G0034"); got < tt.want-.005 || got > tt.want+.005 || (r.Hypotheses[0].ID == "G0034") != tt.first {
				t.Errorf("P(Sandworm) = %.4f, first is %s", got, r.Hypotheses[0].ID)
			}
		})
	}
}

func people(t testing.TB, w demo.World) []*party.Person {
	t.Helper()
	var list []*party.Person
	for i, x := range w.Roster {
		p := &party.Person{}
		if err := p.Apply(record.Record{Subject: x.ID, Act: x.Registered(key(byte(i)))}); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// TestRecusalsAreSeen: in each case the rules take out those who have a part,
// by their state and by their employer or another tie.
func TestRecusalsAreSeen(t *testing.T) {
	w := load(t)
	want := map[string]string{
		"ukraine-grid-2015":      "19 RU, 20 UA, 31 booz-allen-hamilton",
		"notpetya-2017":          "17 eset, 19 RU, 20 UA, 26 US, 28 DK",
		"olympic-destroyer-2018": "11 KR, 12 KP, 19 RU, 22 kaspersky",
		"viasat-2022":            "19 RU, 20 UA, 27 DE, 30 sentinelone",
	}
	for _, c := range w.Cases {
		file, _ := fold(t, c, len(c.Rounds))
		_, out := review.Eligible(people(t, w), file.Ties())
		var got []string
		for _, r := range out {
			tie := strings.Fields(strings.NewReplacer("their state ", "", "has a tie to ", "", ",", "").Replace(r.Reason))[0]
			got = append(got, strings.TrimPrefix(string(r.Person), "person/reviewer-")+" "+tie)
		}
		if s := strings.Join(got, ", "); s != want[c.Slug] {
			t.Errorf("%s recuses %s, want %s", c.Slug, s, want[c.Slug])
		}
	}
}

// TestEveryLotGivesAPanel draws with many seeds; everybody who is free can
// come up.
func TestEveryLotGivesAPanel(t *testing.T) {
	w := load(t)
	for _, c := range w.Cases {
		t.Run(c.Slug, func(t *testing.T) {
			t.Parallel()
			file, _ := fold(t, c, len(c.Rounds))
			free, _ := review.Eligible(people(t, w), file.Ties())
			drawn := map[record.Subject]int{}
			for n := range 300 {
				root := sha256.Sum256(binary.BigEndian.AppendUint32(nil, uint32(n)))
				panel, err := review.Draw(w.Statute, free, review.Seed(file.ID, 1, root))
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range panel {
					drawn[p]++
				}
			}
			if len(drawn) != len(free) {
				t.Error(fmt.Errorf("%d of %d who are free were ever drawn", len(drawn), len(free)))
			}
		})
	}
}
