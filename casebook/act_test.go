package casebook_test

import (
	"testing"

	"solferino/casebook"
	"solferino/record"
)

func TestActsMakeSenseByThemselves(t *testing.T) {
	text := record.Attachment{Commit: record.Sum([]byte("c")), Blob: record.Sum([]byte("b"))}
	tests := map[string]struct {
		act record.Act
		ok  bool
	}{
		"opened":                       {casebook.Opened{Title: text, Date: "2026-03-01", Victims: []string{"XV", "XW"}, Parties: []string{"a", "b"}}, true},
		"opened, nobody known":         {casebook.Opened{Title: text, Date: "2026-03-01"}, true},
		"opened on no day":             {casebook.Opened{Title: text, Date: "1 March 2026"}, false},
		"opened without a day":         {casebook.Opened{Title: text}, false},
		"opened with a state in words": {casebook.Opened{Title: text, Date: "2026-03-01", Victims: []string{"Ruritania"}}, false},
		"opened with states unsorted":  {casebook.Opened{Title: text, Date: "2026-03-01", Victims: []string{"XW", "XV"}}, false},
		"opened with parties unsorted": {casebook.Opened{Title: text, Date: "2026-03-01", Parties: []string{"b", "a"}}, false},
		"opened without a title":       {casebook.Opened{Date: "2026-03-01"}, false},
		"notified":                     {casebook.Notified{State: "XA", Text: text}, true},
		"notified, nobody":             {casebook.Notified{Text: text}, false},
		"notified without words":       {casebook.Notified{State: "XA"}, false},
		"replied":                      {casebook.Replied{State: "XA", Text: text}, true},
		"replied in small letters":     {casebook.Replied{State: "xa", Text: text}, false},
		"replied without words":        {casebook.Replied{State: "XA"}, false},
		"published":                    {casebook.Published{Finding: inquiry, Version: 1, Entries: []int64{0, 3}}, true},
		"published, nothing":           {casebook.Published{Finding: inquiry, Version: 1}, false},
		"published of no version":      {casebook.Published{Finding: inquiry, Entries: []int64{1}}, false},
		"published out of order":       {casebook.Published{Finding: inquiry, Version: 1, Entries: []int64{3, 0}}, false},
		"published twice":              {casebook.Published{Finding: inquiry, Version: 1, Entries: []int64{3, 3}}, false},
		"published before the log":     {casebook.Published{Finding: inquiry, Version: 1, Entries: []int64{-1}}, false},
		"published of no case":         {casebook.Published{Finding: "the case", Version: 1, Entries: []int64{1}}, false},
	}
	for name, tt := range tests {
		if err := tt.act.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}
