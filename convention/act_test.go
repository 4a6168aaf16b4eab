package convention

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"solferino/record"
)

func endorsed() Adhered {
	return Adhered{Instrument: "paris-2018", Act: Endorse, Date: "2018-11-12", Force: Political,
		Reporter: Compiled, Source: "list of supporters", Basis: Seen}
}

func reserved() Reserved {
	return Reserved{Instrument: "paris-2018", Clause: "paris-2018#8", As: Reserve, Date: "2018-11-12",
		Text: "Not clause 8.", Reporter: ByState, Source: "note verbale", Basis: Seen}
}

// TestActsAreWrittenForEver holds each kind as it is written. A golden may be
// added here, never changed.
func TestActsAreWrittenForEver(t *testing.T) {
	tests := map[string]struct {
		act  record.Act
		want string
	}{
		"adhered/1": {endorsed(), `{"kind":"convention.adhered/1","subject":"state/CH","id":"00000000000000000000000000000001",` +
			`"actor":"person/ana","at":"2026-11-22T01:02:03Z","cites":[],"act":{"instrument":"paris-2018","act":"endorse",` +
			`"date":"2018-11-12","force":"political","reporter":"compiled","source":"list of supporters","basis":"seen"}}`},
		"reserved/1": {reserved(), `{"kind":"convention.reserved/1","subject":"state/CH","id":"00000000000000000000000000000001",` +
			`"actor":"person/ana","at":"2026-11-22T01:02:03Z","cites":[],"act":{"instrument":"paris-2018","clause":"paris-2018#8",` +
			`"kind":"reserve","date":"2018-11-12","text":"Not clause 8.","reporter":"state","source":"note verbale","basis":"seen"}}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := said(1, tt.act)
			b, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(b)); diff != "" {
				t.Fatalf("Encode (-want +got):\n%s", diff)
			}
			got, err := Acts().Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.act, got.Act); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
		})
	}
}

// said returns record number n of Switzerland.
func said(n int, act record.Act) record.Record {
	return record.Record{
		Subject: "state/CH",
		ID:      record.ID(fmt.Sprintf("%032x", n)),
		Actor:   "person/ana",
		At:      time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC),
		Cites:   []record.Cite{},
		Act:     act,
	}
}

func TestAdheredRefuses(t *testing.T) {
	tests := map[string]struct {
		spoil func(*Adhered)
		says  string
	}{
		"unknown step":            {func(a *Adhered) { a.Act = "applaud" }, `unknown step "applaud"`},
		"endorsement in law":      {func(a *Adhered) { a.Force = Legal }, `endorse at force "legal"`},
		"pledge of no force":      {func(a *Adhered) { a.Act, a.Force = Pledge, None }, `pledge at force "none"`},
		"voluntary ratification":  {func(a *Adhered) { a.Act, a.Force = Ratify, Voluntary }, `ratify at force "voluntary"`},
		"withdrawal with a force": {func(a *Adhered) { a.Act = Withdraw }, `withdraw at force "political"`},
		"political entry into force": {func(a *Adhered) { a.Act = EnterIntoForce },
			`enter-into-force at force "political"`},
		"day of no calendar": {func(a *Adhered) { a.Date = "2019-02-29" }, `date "2019-02-29"`},
		"month alone":        {func(a *Adhered) { a.Date = "2019-02" }, `date "2019-02"`},
		"no instrument":      {func(a *Adhered) { a.Instrument = "" }, `instrument ""`},
		"nobody reports":     {func(a *Adhered) { a.Reporter = "" }, `unknown reporter ""`},
		"no source":          {func(a *Adhered) { a.Source = " " }, "no source"},
		"hearsay":            {func(a *Adhered) { a.Basis = "hearsay" }, `unknown basis "hearsay"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := endorsed()
			tt.spoil(&a)
			if err := a.Validate(); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Validate() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestReservedRefuses(t *testing.T) {
	tests := map[string]struct {
		spoil func(*Reserved)
		says  string
	}{
		"unknown qualifier":            {func(a *Reserved) { a.As = "grumble" }, `unknown qualifier "grumble"`},
		"clause of another instrument": {func(a *Reserved) { a.Clause = "dgc-2017#8" }, "is not one of"},
		"a pillar for a clause":        {func(a *Reserved) { a.Clause, a.Instrument = PillarAccord, "" }, "is not one of"},
		"nothing said":                 {func(a *Reserved) { a.Text = "" }, "reserve without a text"},
		"no date":                      {func(a *Reserved) { a.Date = "" }, `date ""`},
		"nobody reports":               {func(a *Reserved) { a.Reporter = "press" }, `unknown reporter "press"`},
		"no source":                    {func(a *Reserved) { a.Source = "" }, "no source"},
		"no basis":                     {func(a *Reserved) { a.Basis = "" }, `unknown basis ""`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := reserved()
			tt.spoil(&a)
			if err := a.Validate(); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Validate() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}
