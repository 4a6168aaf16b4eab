package evidence_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/evidence"
	"solferino/record"
)

func observation() evidence.Observation {
	return evidence.Observation{ID: "o1", Family: evidence.Language, Value: "a dialect", Note: "heard twice", Forgeability: .5, Extraction: .9,
		Judgement: &evidence.Judgement{Actor: "G0034", Ratio: 2.5, Author: "person/ana", Reason: "heard before"}}
}

func TestObservationsMakeSense(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		change func(o *evidence.Observation)
		ok     bool
	}{
		"as it should be":               {func(*evidence.Observation) {}, true},
		"no judgement":                  {func(o *evidence.Observation) { o.Judgement = nil }, true},
		"the usual numbers":             {func(o *evidence.Observation) { o.Forgeability, o.Extraction = 0, 0 }, true},
		"the highest numbers":           {func(o *evidence.Observation) { o.Forgeability, o.Extraction = 1, 1 }, true},
		"a ratio that speaks against":   {func(o *evidence.Observation) { o.Judgement.Ratio = .1 }, true},
		"no id":                         {func(o *evidence.Observation) { o.ID = "" }, false},
		"no value":                      {func(o *evidence.Observation) { o.Value = "" }, false},
		"a claim taken for evidence":    {func(o *evidence.Observation) { o.Family = "claim" }, false},
		"no family":                     {func(o *evidence.Observation) { o.Family = "" }, false},
		"more than forgeable":           {func(o *evidence.Observation) { o.Forgeability = 1.01 }, false},
		"less than not forgeable":       {func(o *evidence.Observation) { o.Forgeability = -.01 }, false},
		"more than certain":             {func(o *evidence.Observation) { o.Extraction = 1.01 }, false},
		"less than not certain":         {func(o *evidence.Observation) { o.Extraction = -.01 }, false},
		"forgeable by no number":        {func(o *evidence.Observation) { o.Forgeability = nan }, false},
		"certain by no number":          {func(o *evidence.Observation) { o.Extraction = nan }, false},
		"a judgement on nobody":         {func(o *evidence.Observation) { o.Judgement.Actor = "" }, false},
		"a judgement without a reason":  {func(o *evidence.Observation) { o.Judgement.Reason = "" }, false},
		"a ratio of nought":             {func(o *evidence.Observation) { o.Judgement.Ratio = 0 }, false},
		"a ratio below nought":          {func(o *evidence.Observation) { o.Judgement.Ratio = -2 }, false},
		"a ratio that is no number":     {func(o *evidence.Observation) { o.Judgement.Ratio = nan }, false},
		"a family written in capitals":  {func(o *evidence.Observation) { o.Family = "Language" }, false},
		"a value of white space counts": {func(o *evidence.Observation) { o.Value = " " }, true},
	}
	for name, tt := range tests {
		o := observation()
		tt.change(&o)
		if err := o.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}

func TestObservationsAreReadAsTheyWereWritten(t *testing.T) {
	for name, list := range map[string][]evidence.Observation{
		"none": {},
		"one":  {observation()},
		"two":  {observation(), {ID: "o2", Family: evidence.Technique, Value: "T1018"}},
	} {
		b, err := evidence.EncodeObservations(list)
		if err != nil {
			t.Fatal(err)
		}
		got, err := evidence.DecodeObservations(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, got); diff != "" {
			t.Errorf("%s: Decode∘Encode (-want +got):\n%s", name, diff)
		}
	}
}

func TestObservationsAreRefused(t *testing.T) {
	twice := []evidence.Observation{observation(), observation()}
	if _, err := evidence.EncodeObservations(twice); err == nil {
		t.Errorf("an id that stands twice is written")
	}
	many := make([]evidence.Observation, evidence.MaxObservations+1)
	for i := range many {
		many[i] = evidence.Observation{ID: fmt.Sprintf("o%d", i), Family: evidence.Technique, Value: "T1018"}
	}
	if _, err := evidence.EncodeObservations(many); err == nil {
		t.Errorf("too many are written")
	}
	if _, err := evidence.EncodeObservations(many[1:]); err != nil {
		t.Errorf("as many as may be: %v", err)
	}
	good, err := evidence.EncodeObservations([]evidence.Observation{observation()})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		in        []byte
		malformed bool
	}{
		"nothing":                    {nil, true},
		"null":                       {[]byte("null"), true},
		"no list":                    {[]byte("{}"), true},
		"a blank":                    {append([]byte(" "), good...), true},
		"more behind":                {append(bytes.Clone(good), ']'), true},
		"a member too many":          {bytes.Replace(good, []byte(`"id"`), []byte(`"colour":"red","id"`), 1), true},
		"a member twice":             {bytes.Replace(good, []byte(`"id"`), []byte(`"id":"o1","id"`), 1), true},
		"a member missing":           {bytes.Replace(good, []byte(`"note":"heard twice",`), nil, 1), true},
		"a number written at length": {bytes.Replace(good, []byte("0.5"), []byte("0.50"), 1), true},
		"nought written out":         {bytes.Replace(good, []byte("0.5"), []byte("0"), 1), true},
		"a judgement of null":        {[]byte(`[{"id":"o1","family":"language","value":"v","note":"","judgement":null}]`), true},
		"nested without end":         {bytes.Repeat([]byte("["), 1000), true},
		"an unknown family":          {bytes.Replace(good, []byte(`"language"`), []byte(`"claim"`), 1), false},
	} {
		_, err := evidence.DecodeObservations(tt.in)
		if err == nil || errors.Is(err, record.ErrMalformed) != tt.malformed {
			t.Errorf("%s: DecodeObservations() = %v", name, err)
		}
	}
}

// Whatever bytes come in, decoding does not panic, and takes only what
// EncodeObservations writes.
func FuzzDecodeObservations(f *testing.F) {
	good, err := evidence.EncodeObservations([]evidence.Observation{observation(), {ID: "o2", Family: evidence.Software, Value: "S0089"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("[]"))
	f.Add([]byte(`[{"id":"o1","family":"timing","value":"v","note":"","forgeability":-0,"extraction":1e-9}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := evidence.DecodeObservations(b)
		if err != nil {
			return
		}
		again, err := evidence.EncodeObservations(list)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("Encode∘Decode = %s, %v, want %s", again, err, b)
		}
		if s := fmt.Sprint(list); bytes.Contains([]byte(s), []byte("NaN")) {
			t.Fatalf("a number that is none: %s", s)
		}
	})
}
