package demo

import (
	"strings"
	"testing"
)

func TestDecodeNamesThePlace(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown member", "{\n  \"slug\": \"a\",\n  \"nmae\": \"b\"\n}", "x.json:3:"},
		{"member twice", "{\"slug\": \"a\",\n \"slug\": \"b\"}", "x.json:2:"},
		{"number for text", "{\n\"date\": 2015}", "x.json:2:"},
		{"broken off", "{\n\"slug\": \"a\",\n", "x.json:3:"},
		{"something after the end", "{}\n{}", "x.json:2:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := decode("x.json", []byte(tt.text), new(Case))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("decode() = %v, want an error at %s…", err, tt.want)
			}
		})
	}
}

func TestDecodeForgivesOrderAndWhatIsMissing(t *testing.T) {
	var c Case
	if err := decode("x.json", []byte(`{ "date": "2015-12-23", "slug": "a" }`), &c); err != nil || c.Slug != "a" {
		t.Errorf("decode() = %+v, %v", c, err)
	}
}
