package convention

import (
	"strings"
	"testing"
)

func TestLintPassesTheTexts(t *testing.T) {
	if err := Lint(sample(t)); err != nil {
		t.Error(err)
	}
}

func TestLintFinds(t *testing.T) {
	tests := map[string]struct {
		spoil func(i *Instrument, c *Clause)
		says  string
	}{
		"id of another form":         {func(i *Instrument, c *Clause) { i.ID = "Rule 2030" }, `instrument id "Rule 2030" is not`},
		"id of another instrument":   {func(i *Instrument, c *Clause) { i.ID = "paris-2018" }, "paris-2018 is there twice"},
		"date of no calendar":        {func(i *Instrument, c *Clause) { i.Date = "2030-02-30" }, `date "2030-02-30"`},
		"date as people write it":    {func(i *Instrument, c *Clause) { i.Date = "1 May 2030" }, `date "1 May 2030"`},
		"text of no force":           {func(i *Instrument, c *Clause) { i.Force = None }, `not "none"`},
		"unknown force":              {func(i *Instrument, c *Clause) { i.Force = Legal + 1 }, `not "force 5"`},
		"unknown addressee":          {func(i *Instrument, c *Clause) { i.Addressees = []Addressee{"king"} }, `addressee "king"`},
		"addressed to nobody":        {func(i *Instrument, c *Clause) { i.Addressees = nil }, "addresses nobody"},
		"unknown basis":              {func(i *Instrument, c *Clause) { i.Basis = "rumour" }, `basis "rumour"`},
		"no title":                   {func(i *Instrument, c *Clause) { i.Title = "" }, "title, short title or status is empty"},
		"blank short title":          {func(i *Instrument, c *Clause) { i.Short = " \t" }, "title, short title or status is empty"},
		"no status":                  {func(i *Instrument, c *Clause) { i.Status = "" }, "title, short title or status is empty"},
		"no clauses":                 {func(i *Instrument, c *Clause) { i.Clauses = nil }, "has no clauses"},
		"clause twice":               {func(i *Instrument, c *Clause) { c.ID = "rule-2030#1" }, "clause rule-2030#1 is there twice"},
		"clause of another text":     {func(i *Instrument, c *Clause) { c.ID = "dgc-2017#2" }, "id should be rule-2030#2"},
		"clause without a label":     {func(i *Instrument, c *Clause) { c.Label = "" }, `label "" is not`},
		"clause id and label differ": {func(i *Instrument, c *Clause) { c.Label = "3" }, "id should be rule-2030#3"},
		"unknown kind of clause":     {func(i *Instrument, c *Clause) { c.Kind = "wish" }, `kind "wish"`},
		"clause without text":        {func(i *Instrument, c *Clause) { c.Text = "\n" }, "text is empty"},
		"unknown basis of clause":    {func(i *Instrument, c *Clause) { c.Basis = "" }, `unknown basis ""`},
		"better than its instrument": {func(i *Instrument, c *Clause) { i.Basis, c.Basis = Recall, Seen }, "whole instrument is from memory"},
		"crosswalk to nowhere":       {func(i *Instrument, c *Clause) { c.Crosswalk = []Cross{{"dgc-2017#11", Equal}} }, "dgc-2017#11, which is not there"},
		"crosswalk to unknown pillar": {func(i *Instrument, c *Clause) { c.Crosswalk = []Cross{{"PEACE", Equal}} },
			"PEACE, which is not there"},
		"crosswalk to itself":         {func(i *Instrument, c *Clause) { c.Crosswalk = []Cross{{c.ID, Equal}} }, "crosswalk to itself"},
		"unknown relation":            {func(i *Instrument, c *Clause) { c.Crosswalk = []Cross{{"dgc-2017#1", "like"}} }, `relation "like"`},
		"two relations to one clause": {func(i *Instrument, c *Clause) { c.Crosswalk = []Cross{{"ACC", Equal}, {"ACC", Part}} }, "two crosswalks to ACC"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			list := sample(t)
			i := &list[len(list)-1]
			tt.spoil(i, &i.Clauses[1])
			err := Lint(list)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Lint() = %v, want an error that says %q", err, tt.says)
			}
			if reg, err := NewRegister(list); err == nil {
				t.Errorf("NewRegister() = %v, want the error of Lint", reg)
			}
		})
	}
}

func TestLintMissesEveryFoundingClause(t *testing.T) {
	for n := range 10 {
		list := sample(t)
		for k := range list {
			if list[k].ID == founding {
				list[k].Clauses = append(list[k].Clauses[:n:n], list[k].Clauses[n+1:]...)
			}
		}
		if err := Lint(list); err == nil || !strings.Contains(err.Error(), "is missing") {
			t.Errorf("without clause %d: Lint() = %v", n+1, err)
		}
	}
}
