package ledger

import (
	"fmt"
	"slices"

	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/internal/store"
	"solferino/party"
)

// rows says which rows follow from one entry, given the state of its subject
// after it. It is the only source of rows: Submit and Reindex both ask it.
func rows(e casebook.Entry, after *casebook.Folded) []store.Row {
	switch act := e.Act.(type) {
	case party.Registered:
		return []store.Row{personRow(e, act)}
	case convention.Adhered:
		return []store.Row{store.AdherenceRow{State: e.Subject, Instrument: string(act.Instrument), Act: string(act.Act),
			Date: act.Date, Force: act.Force.String(), Index: e.Index}}
	case casebook.Published:
		return publishedRows(e, act)
	}
	if c := after.Case(); c != nil {
		return append([]store.Row{caseRow(c, after)}, partRows(e, c)...)
	}
	return nil
}

func personRow(e casebook.Entry, act party.Registered) store.Row {
	row := store.PersonRow{Person: e.Subject, State: act.State, Region: act.Region, Sector: act.Sector}
	for _, r := range act.Roles {
		row.Roles = append(row.Roles, string(r))
	}
	return row
}

func publishedRows(e casebook.Entry, act casebook.Published) []store.Row {
	var list []store.Row
	for _, n := range act.Entries {
		list = append(list, store.PublishedRow{Index: n, By: e.Index})
	}
	return append(list, store.PublishedRow{Index: e.Index, By: e.Index})
}

func caseRow(c *casebook.Case, after *casebook.Folded) store.Row {
	return store.CaseRow{Case: c.ID, Opened: c.OpenedAt, Stage: c.Stage(), Victims: slices.Clone(c.Victims),
		IncidentDate: c.Date, Analyses: len(c.Analyses), Findings: len(c.Findings), Head: after.Head}
}

// partRows gives the rows of the exhibits or findings that the entry touched.
func partRows(e casebook.Entry, c *casebook.Case) []store.Row {
	switch act := e.Act.(type) {
	case evidence.Received:
		return exhibitRow(c, act.Exhibit)
	case evidence.Offered:
		return exhibitRow(c, act.Exhibit)
	case evidence.Accepted:
		return exhibitRow(c, act.Exhibit)
	case finding.Issued, finding.Withdrawn:
		return findingRows(c)
	}
	return nil
}

func exhibitRow(c *casebook.Case, id string) []store.Row {
	x, err := c.Shelf.Exhibit(id)
	if err != nil {
		return nil
	}
	return []store.Row{store.ExhibitRow{Case: c.ID, Exhibit: id, Holder: x.Holder, InTransitTo: x.InTransitTo,
		Grade: x.Grade.String(), TLP: string(x.TLP), Content: x.Content, Manifest: x.Manifest, Received: x.At}}
}

func findingRows(c *casebook.Case) []store.Row {
	var list []store.Row
	for _, f := range c.Findings {
		list = append(list, store.FindingRow{Case: c.ID, Version: f.Version, State: c.State(f), Outcome: string(f.Outcome),
			Issued: f.At, Document: f.Document, Index: f.Index})
	}
	return list
}

// latest keeps of rows with the same key only the last, for a batch that
// touches one case many times.
func latest(all []store.Row) []store.Row {
	at := make(map[any]int, len(all))
	kept := all[:0]
	for _, r := range all {
		key := rowKey(r)
		if i, known := at[key]; known {
			kept[i] = r
			continue
		}
		at[key] = len(kept)
		kept = append(kept, r)
	}
	return kept
}

func rowKey(r store.Row) any {
	type key struct {
		table, subject, part string
		number               int64
	}
	switch r := r.(type) {
	case store.CaseRow:
		return key{"case", string(r.Case), "", 0}
	case store.ExhibitRow:
		return key{"exhibit", string(r.Case), r.Exhibit, 0}
	case store.FindingRow:
		return key{"finding", string(r.Case), "", int64(r.Version)}
	case store.PersonRow:
		return key{"person", string(r.Person), "", 0}
	case store.AdherenceRow:
		return key{"adherence", "", "", r.Index}
	case store.PublishedRow:
		return key{"published", "", "", r.Index}
	}
	panic(fmt.Sprintf("ledger: a row of unknown kind %T", r))
}
