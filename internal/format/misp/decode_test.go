package misp

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/evidence"
	"solferino/internal/format"
)

// spoken writes a reading as lines that a test can state.
func spoken(r format.Reading) (lines []string) {
	for _, o := range r.Observations {
		lines = append(lines, fmt.Sprintf("%s %s %s", o.ID, o.Family, o.Value))
	}
	for _, s := range r.Skipped {
		lines = append(lines, fmt.Sprintf("%d skipped: %s", s.Count, s.What))
	}
	for _, c := range r.Claims {
		lines = append(lines, fmt.Sprintf("claim: %s (%s)", c.Names, c.Basis))
	}
	return lines
}

func TestDecode(t *testing.T) {
	attributes := func(list string) string { return `"Attribute":[` + list + `]` }
	tests := map[string]struct {
		event string
		want  []string
	}{
		"nothing but a title": {`"info":"x"`, nil},
		"addresses": {
			attributes(`{"type":"ip-src","value":"192.0.2.1"},{"type":"ip-dst|port","value":"192.0.2.2|443"},{"type":"domain|ip","value":"a.example|192.0.2.1"},{"type":"hostname","value":" b.example "}`),
			[]string{"o1 infrastructure 192.0.2.1", "o2 infrastructure 192.0.2.2", "o3 infrastructure a.example", "o4 infrastructure b.example", "1 skipped: repeated value"}},
		"files": {
			attributes(`{"type":"filename|sha256","value":"a|b.exe|ff"},{"type":"filename|sha512/224","value":"c|ee"},{"type":"sha3-256","value":"dd"},{"type":"malware-sample","value":"d.exe|aa","data":"UEsDBA=="},{"type":"filename|imphash","value":"no second part"}`),
			[]string{"o1 file a|b.exe", "o2 file ff", "o3 file c", "o4 file ee", "o5 file dd", "o6 file d.exe", "o7 file aa", "o8 file no second part"}},
		"a name of a file with something that is no hash": {
			attributes(`{"type":"filename|pattern","value":"a|b"}`),
			[]string{"1 skipped: attribute of type filename|pattern"}},
		"traces": {
			attributes(`{"type":"mutex","value":"m"},{"type":"regkey|value","value":"HKLM\\a|b"},{"type":"pattern-in-file","value":"p"},{"type":"pdb","value":"c:\\d.pdb"}`),
			[]string{"o1 artefact m", `o2 artefact HKLM\a|b`, "o3 artefact p", `o4 artefact c:\d.pdb`}},
		"vulnerability": {
			attributes(`{"type":"vulnerability","category":"External analysis","value":"CVE-2023-5631"}`),
			[]string{"o1 vulnerability CVE-2023-5631"}},
		"where to read about it": {
			attributes(`{"type":"url","category":"External analysis","value":"https://a.example/report"},{"type":"link","category":"External analysis","value":"https://b.example"},{"type":"domain","category":"External analysis","value":"c.example"}`),
			[]string{"o1 infrastructure c.example", "1 skipped: attribute of type link", "1 skipped: reference to an analysis"}},
		"mailboxes of attackers and of those they wrote to": {
			attributes(`{"type":"email-src","category":"Payload delivery","value":"ghost@a.example"},{"type":"email-dst","category":"Payload delivery","value":"victim@b.example"},{"type":"email-dst","category":"Network activity","value":"drop@c.example"},{"type":"target-email","value":"victim@d.example"}`),
			[]string{"o1 persona ghost@a.example", "o2 persona drop@c.example", "1 skipped: attribute of type target-email", "1 skipped: recipient of an e-mail"}},
		"deleted, in whatever way it is written": {
			attributes(`{"type":"url","value":"a","deleted":true},{"type":"url","value":"b","deleted":"1"},{"type":"url","value":"c","deleted":1},{"type":"url","value":"d","deleted":"0"},{"type":"url","value":"e","deleted":null}`),
			[]string{"o1 infrastructure d", "o2 infrastructure e", "3 skipped: deleted attribute"}},
		"deleted object": {
			`"Object":[{"name":"file","deleted":true,"Attribute":[{"type":"md5","value":"aa"},{"type":"sha1","value":"bb"}]}]`,
			[]string{"2 skipped: deleted attribute"}},
		"attributes of objects": {
			`"Object":[{"name":"pe","ObjectReference":[{},{}],"Attribute":[{"type":"text","object_relation":"lang-id","value":"0419"},{"type":"text","object_relation":"type","value":"exe"},{"type":"datetime","object_relation":"compilation-timestamp","value":"2020-01-02T03:04:05"},{"type":"datetime","object_relation":"compilation-timestamp","value":"1970-01-01T00:00:00.000000+0000"}]}]`,
			[]string{"o1 language 0419", "o2 timing 2020-01-02T03:04:05", "1 skipped: attribute of type text", "2 skipped: reference between objects", "1 skipped: time that was never set"}},
		"numbers where strings belong": {
			`"uuid":5,` + attributes(`{"uuid":7,"type":"AS","value":64496,"category":null}`),
			[]string{"o1 infrastructure 64496"}},
		"techniques in galaxies and tags": {
			`"Galaxy":[{"type":"mitre-attack-pattern","GalaxyCluster":[{"type":"mitre-attack-pattern","value":"Phishing - T1566"},{"value":"Spearphishing - Link - T1566.002"},{"value":"Something"}]}],"Tag":[{"name":"misp-galaxy:mitre-attack-pattern=\"Phishing - T1566\""},{"name":"misp-galaxy:mitre-enterprise-attack-attack-pattern=\"PowerShell - T1086\""},{"name":"tlp:white"}]`,
			[]string{"o1 technique T1566", "o2 technique T1566.002", "o3 technique T1086", "1 skipped: galaxy mitre-attack-pattern without an ATT&CK id", "1 skipped: tag of no galaxy"}},
		"what helps against a technique is not the technique": {
			`"Tag":[{"name":"misp-galaxy:mitre-course-of-action=\"Mitigation - T1084\""}]`,
			[]string{"1 skipped: galaxy mitre-course-of-action"}},
		"software with its id and without": {
			`"Tag":[{"name":"misp-galaxy:mitre-malware=\"WannaCry - S0366\""},{"name":"misp-galaxy:mitre-tool=\"Mimikatz - S0002\""},{"name":"misp-galaxy:malpedia=\"Lorenz\""}]`,
			[]string{"o1 software S0366", "o2 software S0002", "o3 software Lorenz"}},
		"who did it": {
			`"uuid":"u1","Galaxy":[{"type":"threat-actor","GalaxyCluster":[{"value":"Sofacy","meta":{"synonyms":["APT28",null,"Sofacy"],"country":"RU"}}]}],"Tag":[{"name":"misp-galaxy:threat-actor=\"Sofacy\""},{"name":"misp-galaxy:mitre-intrusion-set=\"APT28 - G0007\""}],` +
				attributes(`{"uuid":"u2","type":"campaign-name","category":"Attribution","value":"Pawn Storm"},{"type":"whois-registrant-email","category":"Attribution","value":"a@b.example"}`),
			[]string{"o1 persona a@b.example", "claim: Pawn Storm (attribute u2: campaign-name)", "claim: Sofacy; APT28 (galaxy threat-actor on event u1)", "claim: APT28 - G0007 (galaxy mitre-intrusion-set on event u1)"}},
		"empty meta, as PHP writes it": {
			`"Galaxy":[{"type":"threat-actor","GalaxyCluster":[{"value":"X","meta":[]},{"value":"Y","meta":{"synonyms":"Z"}}]}]`,
			[]string{"claim: X (galaxy threat-actor on event)", "claim: Y (galaxy threat-actor on event)"}},
		"on attributes": {
			attributes(`{"uuid":"u2","type":"url","value":"a","Tag":[{"name":"misp-galaxy:mitre-attack-pattern=\"Phishing - T1566\""}],"Galaxy":[{"type":"sector","GalaxyCluster":[{"value":"Energy"}]}],"Sighting":[{},{}],"ShadowAttribute":[{}]}`),
			[]string{"o1 infrastructure a", "o2 technique T1566", "1 skipped: galaxy sector", "1 skipped: proposal", "2 skipped: sighting"}},
		"what else hangs on an event": {
			`"ShadowAttribute":[{"type":"url","value":"proposed"}],"EventReport":[{"content":"x"}],"RelatedEvent":[{"Event":{}}]`,
			[]string{"1 skipped: proposal", "1 skipped: report"}},
		"values that cannot be carried": {
			attributes(`{"type":"url","value":"a\u0000b"},{"type":"url"},{"type":"comment","value":"x"},{"value":"y"},{"type":"pattern-in-file","value":"a\nb"}`),
			[]string{"1 skipped: attribute of type", "1 skipped: attribute of type comment", "1 skipped: empty value", "2 skipped: value with control characters"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(`{"Event":{` + tt.event + `}}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, spoken(r)); diff != "" {
				t.Errorf("Decode() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeTakesThreeShapes(t *testing.T) {
	event := `{"info":"A","Attribute":[{"type":"url","value":"a"}]}`
	tests := map[string]struct {
		in   string
		want []string
	}{
		"event":            {`{"Event":` + event + `}`, []string{"o1 infrastructure a"}},
		"bare event":       {event, []string{"o1 infrastructure a"}},
		"response of two":  {`{"response":[{"Event":` + event + `},{"Event":{"Attribute":[{"type":"url","value":"b"}]}}]}`, []string{"o1 infrastructure a", "o2 infrastructure b"}},
		"response of none": {`{"response":[]}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, spoken(r)); diff != "" {
				t.Errorf("Decode() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeTellsTheDayOfPublication(t *testing.T) {
	tests := map[string]struct{ event, want string }{
		"published":           {`"publish_timestamp":"1538423091"`, "2018-10-01"},
		"as a number":         {`"publish_timestamp":1538423091`, "2018-10-01"},
		"first and again":     {`"publish_timestamp":"1638423091","first_publication":"1538423091"`, "2018-10-01"},
		"first never set":     {`"publish_timestamp":"1538423091","first_publication":"0"`, "2018-10-01"},
		"never, only a date":  {`"publish_timestamp":"0","date":"2018-11-06"`, ""},
		"not a time":          {`"publish_timestamp":"soon"`, ""},
		"after the year 4000": {`"publish_timestamp":"9223372036854775807"`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(`{"Event":{"info":"A","published":true,` + tt.event + `}}`))
			if err != nil || r.Published != tt.want || r.Title != "A" {
				t.Errorf("Decode() = %q of %q, %v, want A of %q", r.Title, r.Published, err, tt.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ in, says string }{
		"nothing":                   {"", "expected JSON"},
		"a bundle of STIX":          {`{"type":"bundle","objects":[]}`, "just one of the members Event, response and info"},
		"both an event and a list":  {`{"Event":{},"response":[]}`, "just one of the members"},
		"names in another case":     {`{"event":{"info":"x"}}`, "just one of the members"},
		"a list":                    {`[{"Event":{}}]`, "expected an object, found a list"},
		"response that is no list":  {`{"response":{"Attribute":[]}}`, "byte 12: expected a list, found an object"},
		"response without an event": {"{\"response\":[{\"Event\":{}},\n{\"Attribute\":[]}]}", "line 2, column 1, byte 27: expected an object with the member Event"},
		"member twice":              {`{"Event":{"info":"a","info":"b"}}`, `found "info" twice`},
		"attribute twice":           {`{"Event":{"Attribute":[{"type":"url","value":"a","value":"b"}]}}`, `found "value" twice`},
		"attributes in an object":   {`{"Event":{"Attribute":{"type":"url"}}}`, "/Attribute: expected a list, found an object"},
		"object that is none":       {`{"Event":{"Object":["x"]}}`, "byte 20: expected an object, found a string"},
		"value deep inside":         {"{\"response\":[{\"Event\":{\"Object\":[{\"Attribute\":[{},\n{\"type\":{}}]}]}}]}", "line 2, column 9, byte 59: /type: expected a string or a number, found an object"},
		"value that is a list":      {"{\"Event\":{\n\"Attribute\":[{\"value\":[]}]}}", "line 2, column 23, byte 33: /value: expected a string or a number, found a list"},
		"comma after the last":      {`{"Event":{"Tag":[{"name":"a"},]}}`, "column 30, byte 29: expected another value after the comma, found ']'; hint: take the comma out"},
		"NUL byte":                  {"{\"Event\":{\"info\":\"a\x00b\"}}", "byte 19"},
		"broken surrogate":          {`{"Event":{"info":"\udc00"}}`, "byte 18"},
		"nested too deep":           {`{"Event":` + strings.Repeat(`{"Event":`, 40), "at most 32 nested"},
		"too long":                  {`{"Event":{"info":"` + strings.Repeat("x", format.MaxSize), "at most 16 MiB"},
		"too many observations":     {`{"Event":{"Attribute":[` + manyURLs(evidence.MaxObservations+1) + `]}}`, "at most 100000 observations"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(tt.in))
			checkRefused(t, r, err)
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Decode() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

// checkRefused checks that a refusal is whole: it names the format, wraps the
// sentinel, stands on one line, and nothing was read.
func checkRefused(t *testing.T, r format.Reading, err error) {
	t.Helper()
	var fault *format.Fault
	switch {
	case err == nil:
		t.Errorf("Decode() = %v, want an error", r)
	case !errors.Is(err, format.ErrUnreadable), !errors.As(err, &fault), fault.Line < 1, fault.Column < 1:
		t.Errorf("Decode() = %v, which is no fault with a place", err)
	case !strings.HasPrefix(err.Error(), "misp: "), strings.ContainsAny(err.Error(), "\n\r\x00"):
		t.Errorf("Decode() = %q, which does not name the format on one line", err)
	case !reflect.DeepEqual(r, format.Reading{}):
		t.Errorf("Decode() = %v with the error %v", r, err)
	}
}

func manyURLs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"type":"url","value":"u%d"},`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"response":[{"Event":{"info":"x","publish_timestamp":"1","Attribute":[{"type":"filename|md5","value":"a|b","deleted":"0"}]}}]}`))
	f.Add([]byte(`{"Event":{"Galaxy":[{"type":"threat-actor","GalaxyCluster":[{"value":"X","meta":{"synonyms":["Y"]}}]}]}}`))
	f.Add([]byte(`{"info":"x","Tag":[{"name":"misp-galaxy:mitre-attack-pattern=\"Phishing - T1566\""}],"Object":[{"Attribute":[{"type":"text","object_relation":"lang-id","value":1}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(strings.NewReader(string(b)))
		if err != nil {
			checkRefused(t, r, err)
			return
		}
		checkReading(t, r)
	})
}

// checkReading checks what every reading promises.
func checkReading(t *testing.T, r format.Reading) {
	t.Helper()
	if _, err := evidence.EncodeObservations(r.Observations); err != nil {
		t.Errorf("observations cannot be encoded: %v", err)
	}
	for i, o := range r.Observations {
		if o.ID != fmt.Sprintf("o%d", i+1) || o.Value != strings.TrimSpace(o.Value) || len(o.Note) > format.MaxText {
			t.Errorf("observation %d is %+v", i, o)
		}
	}
	for _, c := range r.Claims {
		if c.Names == "" || c.Basis == "" {
			t.Errorf("claim %+v without names or basis", c)
		}
	}
}
