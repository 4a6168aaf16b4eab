package review_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"solferino/party"
	"solferino/record"
	"solferino/review"
)

const inquiry = record.Subject("case/2026-001")

// someone is a reviewer with what the rules ask about: "KE africa academia".
func someone(id, described string) *party.Person {
	word := strings.Fields(described)
	return &party.Person{ID: record.Subject("person/" + id),
		Registered: party.Registered{State: word[0], Region: word[1], Sector: word[2], Roles: []party.Role{party.Reviewer}}}
}

// people numbers reviewers r0, r1, … by their descriptions.
func people(described ...string) []*party.Person {
	var list []*party.Person
	for i, d := range described {
		list = append(list, someone(fmt.Sprintf("r%d", i), d))
	}
	return list
}

// seven are enough for a small lot in which some panels are feasible.
func seven() []*party.Person {
	return people("KE africa academia", "SN africa government", "ZA africa industry", "MY asia-pacific academia",
		"JP asia-pacific industry", "RO eastern-europe government", "RO eastern-europe civil-society")
}

// small seats three, of two regions at least and of two states.
func small() review.Statute {
	return review.Statute{Name: "small", Version: 1, Seats: 3, MinRegions: 2, MaxPerRegion: 2, MaxPerState: 1, MinRoster: 2, Quorum: 2, Majority: 2}
}

// feasible lists all panels that meet the statute, by hand.
func feasible(s review.Statute, from []*party.Person) []string {
	var list []string
	for i := range from {
		for j := i + 1; j < len(from); j++ {
			for k := j + 1; k < len(from); k++ {
				if panel := []*party.Person{from[i], from[j], from[k]}; s.Meets(panel) == nil {
					list = append(list, names(panel))
				}
			}
		}
	}
	return list
}

func names(panel []*party.Person) string {
	var list []record.Subject
	for _, p := range panel {
		list = append(list, p.ID)
	}
	return fmt.Sprint(list)
}

// numbered gives a root for each number.
func numbered(n int) (root [32]byte) {
	return record.Salt(record.Sum(binary.BigEndian.AppendUint64(nil, uint64(n))).Bytes())
}

// chiSquared compares draws with the uniform distribution over the panels.
func chiSquared(t *testing.T, panels []string, draws int, draw func(i int) string) float64 {
	t.Helper()
	count := map[string]int{}
	for _, p := range panels {
		count[p] = 0
	}
	for i := range draws {
		p := draw(i)
		if _, ok := count[p]; !ok {
			t.Fatalf("draw %d gives %s, which is not feasible", i, p)
		}
		count[p]++
	}
	want, sum := float64(draws)/float64(len(panels)), 0.0
	for _, n := range count {
		sum += (float64(n) - want) * (float64(n) - want) / want
	}
	return sum
}

// critical is the χ² that chance exceeds once in a thousand times, by the
// approximation of Wilson and Hilferty (1931).
func critical(degrees int) float64 {
	n := 2 / (9 * float64(degrees))
	return float64(degrees) * math.Pow(1-n+3.0902*math.Sqrt(n), 3)
}

// Every panel that meets the statute is drawn as often as any other.
func TestDrawIsUniformOverFeasiblePanels(t *testing.T) {
	for name, s := range map[string]review.Statute{"two regions": small(), "three sectors": {Seats: 3, MinRegions: 1, MaxPerRegion: 3, MaxPerState: 3, MinPerSector: 1}} {
		t.Run(name, func(t *testing.T) {
			from := seven()
			panels := feasible(s, from)
			if len(panels) < 8 || len(panels) == 35 {
				t.Fatalf("%d of 35 panels are feasible: the test shows nothing", len(panels))
			}
			got := chiSquared(t, panels, 400*len(panels), func(i int) string {
				panel, err := review.Draw(s, from, review.Seed(inquiry, 1, numbered(i)))
				if err != nil {
					t.Fatal(err)
				}
				return fmt.Sprint(panel)
			})
			if limit := critical(len(panels) - 1); got > limit {
				t.Errorf("χ² = %.1f over %d panels, chance exceeds %.1f once in a thousand times", got, len(panels), limit)
			}
		})
	}
}

// The control: to seat one after another whoever still fits is not uniform, and
// the measure above sees it.
func TestTheMeasureSeesAnUnfairLot(t *testing.T) {
	s, from := small(), seven()
	panels := feasible(s, from)
	got := chiSquared(t, panels, 400*len(panels), func(i int) string {
		for n := i; ; n += 1 << 20 {
			if panel := greedy(s, from, numbered(n)); s.Meets(panel) == nil {
				return names(panel)
			}
		}
	})
	if limit := critical(len(panels) - 1); got <= limit {
		t.Errorf("χ² = %.1f, which is below %.1f: the measure is blind", got, limit)
	}
}

func greedy(s review.Statute, from []*party.Person, chance [32]byte) []*party.Person {
	var panel []*party.Person
	for _, b := range chance {
		p := from[int(b)%len(from)]
		if slices.Contains(panel, p) {
			continue
		}
		if partial := append(slices.Clone(panel), p); !strings.Contains(fmt.Sprint(s.Meets(partial)), "more than") {
			panel = partial
		}
		if len(panel) == s.Seats {
			break
		}
	}
	slices.SortFunc(panel, func(a, b *party.Person) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return panel
}

// What was drawn once must be drawn for ever: these come from a second program
// that was written from the comments alone.
func TestDrawGivesTheSamePanelsForEver(t *testing.T) {
	for i, want := range vectors {
		got, err := review.Draw(small(), seven(), review.Seed(inquiry, 1, numbered(i)))
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("root %d: Draw() = %v, %v, want %s", i, got, err, want)
		}
	}
}

func TestSeedDependsOnEverything(t *testing.T) {
	seen := map[[32]byte]string{}
	for name, seed := range map[string][32]byte{
		"first":        review.Seed(inquiry, 1, numbered(1)),
		"next round":   review.Seed(inquiry, 2, numbered(1)),
		"another root": review.Seed(inquiry, 1, numbered(2)),
		"another case": review.Seed("case/2026-002", 1, numbered(1)),
		"a longer one": review.Seed("case/2026-0010", 1, numbered(1)),
	} {
		if other, dup := seen[seed]; dup {
			t.Errorf("%s and %s have one seed", name, other)
		}
		seen[seed] = name
	}
}

// Whatever the roster and the order in which it is given, the panel meets the
// statute, is sorted, and is the same.
func TestDrawIsTheSameInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.SliceOfN(rapid.Custom(reviewer), 3, 9).Draw(r, "people")
		for i, p := range from {
			p.ID = record.Subject(fmt.Sprintf("person/r%d", i))
		}
		s := small()
		seed := numbered(rapid.IntRange(0, 1000).Draw(r, "seed"))
		panels := feasible(s, from)
		if len(panels) == 0 {
			return // which takes Draw a second to find out
		}
		panel, err := review.Draw(s, from, seed)
		if err != nil {
			r.Fatal(err)
		}
		again, _ := review.Draw(s, rapid.Permutation(from).Draw(r, "order"), seed)
		if diff := cmp.Diff(panel, again); diff != "" {
			r.Fatalf("in another order (-first +second):\n%s", diff)
		}
		if !slices.Contains(panels, fmt.Sprint(panel)) {
			r.Fatalf("%v is not among the feasible panels", panel)
		}
	})
}

func reviewer(r *rapid.T) *party.Person {
	return someone("x", rapid.SampledFrom([]string{"KE", "SN", "ZA", "RO", "BR"}).Draw(r, "state")+" "+
		rapid.SampledFrom(party.Regions[:3]).Draw(r, "region")+" "+rapid.SampledFrom(party.Sectors).Draw(r, "sector"))
}

func TestDrawLeavesTheRosterAlone(t *testing.T) {
	from := seven()
	slices.Reverse(from)
	if _, err := review.Draw(small(), from, numbered(1)); err != nil {
		t.Fatal(err)
	}
	if from[0].ID != "person/r6" {
		t.Errorf("the roster was sorted in place")
	}
}

func TestDrawFindsNoPanel(t *testing.T) {
	wide := small()
	wide.MinRegions = 3
	for name, from := range map[string][]*party.Person{
		"nobody":             nil,
		"fewer than seats":   seven()[:2],
		"all of two regions": people("KE africa academia", "MY asia-pacific academia", "JP asia-pacific industry"),
	} {
		if panel, err := review.Draw(wide, from, numbered(1)); !errors.Is(err, review.ErrInfeasible) {
			t.Errorf("%s: Draw() = %v, %v, want ErrInfeasible", name, panel, err)
		}
	}
}

func TestMeets(t *testing.T) {
	full := review.Statute{Seats: 4, MinRegions: 3, MaxPerRegion: 2, MaxPerState: 1, MinPerSector: 1}
	tests := map[string]struct {
		panel []*party.Person
		says  string
	}{
		"all rules are met":       {people("KE africa academia", "SN africa government", "MY asia-pacific industry", "BR latin-america-caribbean academia"), ""},
		"civil society beside":    {people("KE africa academia", "SN africa government", "MY asia-pacific industry", "BR latin-america-caribbean civil-society"), ""},
		"three of one region":     {people("KE africa academia", "SN africa government", "ZA africa industry", "BR latin-america-caribbean academia"), "more than 2 of region africa"},
		"two of one state":        {people("KE africa academia", "KE africa government", "MY asia-pacific industry", "BR latin-america-caribbean academia"), "more than 1 of state KE"},
		"one state, two regions":  {people("KE africa academia", "KE asia-pacific government", "MY asia-pacific industry", "BR latin-america-caribbean academia"), "more than 1 of state KE"},
		"two regions only":        {people("KE africa academia", "SN africa government", "MY asia-pacific industry", "JP asia-pacific academia"), "2 regions, want 3"},
		"nobody from government":  {people("KE africa academia", "SN africa civil-society", "MY asia-pacific industry", "BR latin-america-caribbean academia"), "0 of government, want 1"},
		"nobody from industry":    {people("KE africa academia", "SN africa government", "MY asia-pacific academia", "BR latin-america-caribbean academia"), "0 of industry, want 1"},
		"nobody from the academy": {people("KE africa industry", "SN africa government", "MY asia-pacific industry", "BR latin-america-caribbean government"), "0 of academia, want 1"},
	}
	for name, tt := range tests {
		err := full.Meets(tt.panel)
		if got := fmt.Sprint(err); (tt.says == "") != (err == nil) || tt.says != "" && got != tt.says {
			t.Errorf("%s: Meets() = %v, want %q", name, err, tt.says)
		}
	}
}

func TestWhoIsRecusedByRule(t *testing.T) {
	ties := review.Ties{States: []string{"KE"}, Labels: []string{"acme", ""}, People: []record.Subject{"person/worker"}}
	employed, tied, worker := someone("employed", "SN africa academia"), someone("tied", "SN africa academia"), someone("worker", "SN africa academia")
	employed.Employer, tied.Interests = "acme", []string{"acme", "zeta"}
	tests := map[string]struct {
		who  *party.Person
		says string
	}{
		"of a state that is a party":        {someone("citizen", "KE africa academia"), "their state KE is a party to the case"},
		"employed by a party":               {employed, "has a tie to acme"},
		"with another tie to a party":       {tied, "has a tie to acme"},
		"who handled the evidence":          {worker, "took part in gathering"},
		"with no tie, and with no employer": {someone("free", "SN africa academia"), ""},
	}
	for name, tt := range tests {
		free, out := review.Eligible([]*party.Person{tt.who}, ties)
		if tt.says == "" {
			if len(free) != 1 || len(out) != 0 {
				t.Errorf("%s: is out: %v", name, out)
			}
			continue
		}
		if len(free) != 0 || len(out) != 1 || !out[0].Rule || !strings.Contains(out[0].Reason, tt.says) {
			t.Errorf("%s: Eligible() = %v, %v, want out because %q", name, free, out, tt.says)
		}
	}
}

// vectors are the panels of small and seven for the roots 0, 1, …
var vectors = []string{
	"[person/r0 person/r2 person/r4]",
	"[person/r0 person/r1 person/r6]",
	"[person/r0 person/r2 person/r3]",
	"[person/r3 person/r4 person/r5]",
	"[person/r2 person/r4 person/r6]",
	"[person/r0 person/r3 person/r5]",
	"[person/r0 person/r1 person/r6]",
	"[person/r0 person/r4 person/r5]",
}
