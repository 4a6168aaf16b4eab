package portal

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	"solferino/finding"
	"solferino/proof"
)

// A findingView is one version of a finding.
type findingView struct {
	version
	Reason   string           `json:"reason"` // why it was withdrawn, where that is public
	Versions []version        `json:"versions"`
	Document finding.Document `json:"document"`

	Chart   template.HTML `json:"-"`
	Origins []string      `json:"-"` // independent ones, from which the items come
	Regions []count       `json:"-"` // of the reviewers
}

// A count says how many there are of something.
type count struct {
	Of string
	N  int
}

// foldFinding lays out a document for readers.
func foldFinding(all []version, i int, d finding.Document, reason string) findingView {
	return findingView{
		version: all[i], Reason: reason, Versions: all, Document: d,
		Chart:   template.HTML(chartHypotheses(d.Hypotheses)),
		Origins: origins(d.Items),
		Regions: regions(d.Panel.Seats),
	}
}

// rank puts what is true first.
func rank(b bool) int {
	if b {
		return 0
	}
	return 1
}

// origins returns from where items that carry weight come, each once, sorted.
func origins(items []finding.Item) []string {
	var list []string
	for _, i := range items {
		if i.Weight > 0 {
			list = append(list, i.Origins...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// regions counts the reviewers by region, the largest first.
func regions(seats []finding.Seat) []count {
	var list []count
	for _, s := range seats {
		i := slices.IndexFunc(list, func(c count) bool { return c.Of == s.Region })
		if i < 0 {
			i, list = len(list), append(list, count{Of: s.Region})
		}
		list[i].N++
	}
	slices.SortStableFunc(list, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Of, b.Of))
	})
	return list
}

// Newest returns the last published version.
func (v findingView) Newest() version { return v.Versions[len(v.Versions)-1] }

// Stands reports whether the version was neither superseded nor withdrawn.
func (v findingView) Stands() bool { return v.State == proof.Issued }

// How many lines the tables of a finding show, so that a page stays small; all
// of them are in the page's JSON and in the bundle.
const (
	mostItems    = 40
	mostExhibits = 20
	most         = 25 // of anything else
)

// A cut is the beginning of a list.
type cut[T any] struct {
	List []T
	More int // that are not in it
}

func begin[T any](list []T, n int) cut[T] {
	n = min(len(list), n)
	return cut[T]{list[:n], len(list) - n}
}

// Items returns what a reader sees of the items: the weightiest, from what
// speaks for the leading hypothesis to what speaks against it.
func (v findingView) Items() cut[finding.Item] {
	list := slices.Clone(v.Document.Items)
	slices.SortStableFunc(list, func(a, b finding.Item) int { return cmp.Compare(math.Abs(b.Support), math.Abs(a.Support)) })
	c := begin(list, mostItems)
	slices.SortStableFunc(c.List, func(a, b finding.Item) int { return cmp.Compare(b.Support, a.Support) })
	return c
}

// LeftOut returns what a reader sees of what carries no weight.
func (v findingView) LeftOut() cut[finding.LeftOut] { return begin(v.Document.LeftOut, most) }

// Without returns what a reader sees of the leave-one-out: first what changes
// the answer.
func (v findingView) Without() cut[finding.Without] {
	list := slices.Clone(v.Document.Without)
	slices.SortStableFunc(list, func(a, b finding.Without) int {
		return cmp.Or(cmp.Compare(rank(a.Changed), rank(b.Changed)), cmp.Compare(a.P, b.P))
	})
	return begin(list, most)
}

// Observation returns what was observed, where a leave-one-out takes one item
// away ("item x-…/o3"), else "".
func (v findingView) Observation(what string) string {
	id, ok := strings.CutPrefix(what, "item ")
	i := slices.IndexFunc(v.Document.Items, func(i finding.Item) bool { return i.ID == id })
	if !ok || i < 0 {
		return ""
	}
	return strings.TrimSpace(v.Document.Items[i].Value + " " + v.Document.Items[i].Name)
}

// Excluded returns what a reader sees of the excluded sources.
func (v findingView) Excluded() cut[finding.Source] { return begin(v.Document.Excluded, most) }

// Exhibits returns what a reader sees of the exhibits.
func (v findingView) Exhibits() cut[finding.Exhibit] { return begin(v.Document.Exhibits, mostExhibits) }
