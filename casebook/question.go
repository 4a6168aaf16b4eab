package casebook

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"solferino/attribution"
	"solferino/evidence"
	"solferino/record"
)

// Contents gives what an attachment holds.
type Contents func(record.Attachment) ([]byte, error)

// Question puts together what the engine is asked about the case, from the
// records and the attachments they name: every observation with its exhibit's
// grade and origins, the contradictions, the sources that are excluded. Its
// seed is the SHA-256 of the question without one, so nobody chooses it.
func (c *Case) Question(get Contents) (attribution.Question, error) {
	q := attribution.Question{Items: []attribution.Item{}}
	for _, x := range c.Shelf.Exhibits {
		items, err := itemsOf(x, get)
		if err != nil {
			return q, fmt.Errorf("exhibit %s: %w", x.Received.Exhibit, err)
		}
		q.Items = append(q.Items, items...)
	}
	q.ExcludedSources, q.Circular = c.excluded()
	b, err := record.Marshal(q)
	if err != nil {
		return q, fmt.Errorf("question on %s: %w", c.ID, err)
	}
	q.Seed = sha256.Sum256(b)
	return q, nil
}

func (c *Case) excluded() (sources, software []string) {
	sources, software = []string{}, []string{}
	for _, e := range c.Excluded {
		sources, software = append(sources, e.Sources...), append(software, e.Software...)
	}
	slices.Sort(sources)
	slices.Sort(software)
	return slices.Compact(sources), slices.Compact(software)
}

func itemsOf(x *evidence.Exhibit, get Contents) ([]attribution.Item, error) {
	var items []attribution.Item
	for i, d := range x.Derived {
		b, err := get(d.Output)
		if err != nil {
			return nil, err
		}
		list, err := evidence.DecodeObservations(b)
		if err != nil {
			return nil, err
		}
		if len(list) != d.Count {
			return nil, fmt.Errorf("derivation %d says %d observations and holds %d", i, d.Count, len(list))
		}
		for _, o := range list {
			if weighs(o) {
				items = append(items, itemOf(x, i, o))
			}
		}
	}
	return items, nil
}

// weighs reports whether the engine can make anything of the observation:
// there is a learned likelihood for its family, or an analyst's.
func weighs(o evidence.Observation) bool {
	return o.Family == evidence.Technique || o.Family == evidence.Software || o.Judgement != nil
}

// ItemID names an observation in the whole case.
func ItemID(exhibit string, derivation int, observation string) string {
	if derivation == 0 {
		return exhibit + "/" + observation
	}
	return fmt.Sprintf("%s/%d/%s", exhibit, derivation+1, observation)
}

func itemOf(x *evidence.Exhibit, derivation int, o evidence.Observation) attribution.Item {
	item := attribution.Item{
		ID:           ItemID(x.Received.Exhibit, derivation, o.ID),
		Family:       o.Family,
		Value:        o.Value,
		Origins:      x.Origins,
		SourceGrade:  x.Grade.Source,
		InfoGrade:    x.Grade.Info,
		Forgeability: o.Forgeability,
		Extraction:   o.Extraction,
	}
	if item.Extraction == 0 {
		item.Extraction = 1
	}
	if j := o.Judgement; j != nil {
		item.Judgement = &attribution.Judgement{Actor: j.Actor, Ratio: j.Ratio, Author: string(j.Author), Reason: j.Reason}
	}
	for _, k := range x.Contradicted {
		if x.Received.Exhibit+"/"+k.Observation == item.ID {
			item.Contradicted = k.By
		}
	}
	return item
}
