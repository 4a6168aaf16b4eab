package stix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePattern(t *testing.T) {
	tests := map[string]struct {
		in   string
		want []string // path=value, then what was left, then the error
	}{
		"one comparison":            {`[domain-name:value = 'a.example']`, []string{"domain-name:value=a.example"}},
		"no space, as Amnesty":      {`[domain-name:value='a.example']`, []string{"domain-name:value=a.example"}},
		"double equals":             {`[a:b == 'c']`, []string{"a:b=c"}},
		"or within":                 {`[a:b = '1' OR c:d = '2']`, []string{"a:b=1", "c:d=2"}},
		"and within":                {`[a:b = '1' AND c:d = '2']`, []string{"a:b=1", "c:d=2"}},
		"or between":                {`[a:b = '1'] OR [c:d = '2']`, []string{"a:b=1", "c:d=2"}},
		"parentheses":               {`([(a:b = '1')] AND ([c:d = '2'] or [e:f = '3']))`, []string{"a:b=1", "c:d=2", "e:f=3"}},
		"set":                       {`[a:b IN ('1', '2')]`, []string{"a:b=1", "a:b=2"}},
		"empty set":                 {`[a:b IN ()]`, nil},
		"quoted step":               {`[file:hashes.'SHA-256' = 'ff']`, []string{"file:hashes.SHA-256=ff"}},
		"index and star":            {`[a:b[0].c = '1' OR a:b[*].c = '2']`, []string{"a:b[*].c=1", "a:b[*].c=2"}},
		"escapes":                   {`[a:b = 'it\'s C:\\x ]']`, []string{`a:b=it's C:\x ]`}},
		"empty string":              {`[a:b = '']`, []string{"a:b="}},
		"keyword as a value":        {`[a:b = 'AND']`, []string{"a:b=AND"}},
		"like and the rest":         {`[a:b LIKE 'x%' OR a:b = '1' OR a:b MATCHES '.' OR a:b ISSUBSET '10.0.0.0/8']`, []string{"a:b=1", "LIKE", "MATCHES", "ISSUBSET"}},
		"negations":                 {`[a:b != '1' AND a:b NOT = '2' AND a:b NOT IN ('3') AND a:b NOT LIKE '4' AND a:b <> '5']`, []string{"!=", "NOT", "NOT", "NOT", "<>"}},
		"numbers, times, truth":     {`[a:b = 5 AND a:b >= -1.5 AND a:b = t'2016-01-01T00:00:00Z' AND a:b = true AND a:b = h'ff' AND a:b = b'aGk=']`, []string{"no string", ">=", "no string", "no string", "no string", "no string"}},
		"existence":                 {`[EXISTS a:b]`, []string{"EXISTS"}},
		"sequence":                  {`[a:b = '1'] FOLLOWEDBY [a:b = '2']`, []string{"! pattern with FOLLOWEDBY"}},
		"qualifier":                 {`[a:b = '1'] WITHIN 5 SECONDS`, []string{"! pattern with WITHIN, REPEATS or START"}},
		"qualifier in a bracket":    {`([a:b = '1'] REPEATS 5 TIMES) OR [a:b = '2']`, []string{"! pattern with WITHIN, REPEATS or START"}},
		"nothing":                   {``, []string{"! fault"}},
		"empty brackets":            {`[]`, []string{"! fault"}},
		"brackets not closed":       {`[a:b = 'c'`, []string{"! fault"}},
		"string not closed":         {`[a:b = 'c]`, []string{"! fault"}},
		"more after the end":        {`[a:b = 'c'] x`, []string{"! fault"}},
		"backslash before a letter": {`[a:b = 'C:\Windows']`, []string{"! fault"}},
		"backslash at the end":      {`[a:b = 'c\`, []string{"! fault"}},
		"no operator":               {`[a:b 'c']`, []string{"! fault"}},
		"no path":                   {`['c' = a:b]`, []string{"! fault"}},
		"no property":               {`[a: = 'c']`, []string{"! fault"}},
		"path against path":         {`[a:b = c:d]`, []string{"! fault"}},
		"a word that is no keyword": {`[a:b = 'c' XOR a:b = 'd']`, []string{"! fault"}},
		"set not closed":            {`[a:b IN ('c'`, []string{"! fault"}},
		"set without commas":        {`[a:b IN ('c' 'd')]`, []string{"! fault"}},
		"index not closed":          {`[a:b[0 = 'c']`, []string{"! fault"}},
		"odd character":             {`[a:b = "c"]`, []string{"! fault"}},
		"nested too deep":           {strings.Repeat("(", 100_000) + "[a:b = 'c']", []string{"! fault"}},
		"nested too deep within":    {"[" + strings.Repeat("(", 100_000), []string{"! fault"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			terms, left, err := parsePattern(tt.in)
			for _, term := range terms {
				got = append(got, term.path+"="+term.value)
			}
			for _, why := range left {
				got = append(got, strings.TrimPrefix(why, "a constant that is "))
			}
			if err != nil {
				got = append(got, "! "+strings.Replace(err.Error(), "pattern with a fault in it", "fault", 1))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("parsePattern(%.80s) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func FuzzParsePattern(f *testing.F) {
	f.Add(`[file:hashes.'SHA-256' = 'ff' AND (a:b[*].c IN ('d', 'e'))] OR [f:g NOT LIKE 'h']`)
	f.Fuzz(func(t *testing.T, s string) {
		terms, left, err := parsePattern(s)
		if err != nil && (terms != nil || left != nil) {
			t.Errorf("parsePattern(%q) = %v, %v with the error %v", s, terms, left, err)
		}
		for _, term := range terms {
			if !strings.Contains(term.path, ":") {
				t.Errorf("parsePattern(%q) has the path %q", s, term.path)
			}
		}
	})
}
