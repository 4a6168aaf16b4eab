package stix

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
	tests := map[string]struct {
		objects string
		want    []string
	}{
		"nothing in the bundle": {``, nil},
		"technique with its ATT&CK id": {
			`{"type":"attack-pattern","id":"attack-pattern--1","name":"Phishing","external_references":[{"source_name":"capec","external_id":"CAPEC-98"},{"source_name":"mitre-attack","external_id":"T1566.001"}]}`,
			[]string{"o1 technique T1566.001"}},
		"technique with the id of a tactic": {
			`{"type":"attack-pattern","external_references":[{"source_name":"mitre-attack","external_id":"TA0001"}]}`,
			[]string{"1 skipped: attack-pattern without an ATT&CK id"}},
		"technique named by a stranger": {
			`{"type":"attack-pattern","external_references":[{"source_name":"blog","external_id":"T1566"}]}`,
			[]string{"1 skipped: attack-pattern without an ATT&CK id"}},
		"malware and tool": {
			`{"type":"malware","name":"X","external_references":[{"source_name":"mitre-attack","external_id":"S0089"}]},{"type":"malware","name":" NoviSpy "},{"type":"tool","name":"NoviSpy"},{"type":"tool"}`,
			[]string{"o1 software S0089", "o2 software NoviSpy", "1 skipped: repeated value", "1 skipped: tool without id and name"}},
		"vulnerabilities": {
			`{"type":"vulnerability","name":"CVE-2012-0158"},{"type":"vulnerability","external_references":[{"source_name":"cve","external_id":"CVE-2023-5631"}]},{"type":"vulnerability","name":"Shellshock"}`,
			[]string{"o1 vulnerability CVE-2012-0158", "o2 vulnerability CVE-2023-5631", "1 skipped: vulnerability without a CVE id"}},
		"revoked object": {
			`{"type":"malware","name":"X","revoked":true}`,
			[]string{"1 skipped: revoked object"}},
		"older version before and after the newer": {
			`{"type":"malware","id":"malware--1","name":"old","modified":"2020-01-01T00:00:00Z"},{"type":"malware","id":"malware--1","name":"new","modified":"2020-01-01T00:00:00.5Z"},{"type":"malware","id":"malware--1","name":"older","modified":"2019-12-31T23:59:59.999999Z"}`,
			[]string{"o1 software new", "2 skipped: older version of an object"}},
		"withdrawn in a newer version": {
			`{"type":"malware","id":"malware--1","name":"X","modified":"2020-01-01T00:00:00Z"},{"type":"malware","id":"malware--1","name":"X","modified":"2021-01-01T00:00:00Z","revoked":true}`,
			[]string{"1 skipped: older version of an object", "1 skipped: revoked object"}},
		"objects without ids are not versions of each other": {
			`{"type":"malware","name":"A","modified":"2020-01-01T00:00:00Z"},{"type":"malware","name":"B","modified":"2021-01-01T00:00:00Z"}`,
			[]string{"o1 software A", "o2 software B"}},
		"indicator": {
			`{"type":"indicator","pattern":"[domain-name:value = 'a.example' OR file:size = 3 OR app:rank = 'x']","pattern_type":"stix"}`,
			[]string{"o1 infrastructure a.example", "1 skipped: path app:rank", "1 skipped: pattern with a constant that is no string"}},
		"indicator of STIX 2.0 without a type of pattern": {
			`{"type":"indicator","labels":["malicious-activity"],"pattern":"[url:value = 'http://a.example/']"}`,
			[]string{"o1 infrastructure http://a.example/"}},
		"benign indicators": {
			`{"type":"indicator","indicator_types":["benign"],"pattern":"[url:value = 'a']"},{"type":"indicator","labels":["benign"],"pattern":"[url:value = 'a']"}`,
			[]string{"2 skipped: indicator of something benign"}},
		"indicator with a rule of YARA": {
			`{"type":"indicator","pattern_type":"yara","pattern":"rule x {}"}`,
			[]string{"1 skipped: pattern of type yara"}},
		"indicator that nobody can parse": {
			`{"type":"indicator","pattern":"[file:name = 'C:\\Windows']"}`,
			[]string{"1 skipped: pattern with a fault in it"}},
		"observables of STIX 2.1": {
			`{"type":"file","id":"file--1","hashes":{"MD5":"aa","SHA-256":"bb"},"name":"x.exe","extensions":{"windows-pebinary-ext":{"imphash":"cc"}}},{"type":"ipv4-addr","value":"192.0.2.1"},{"type":"mac-addr","value":"00:00"},{"type":"user-account","user_id":"1000","account_login":"ghost"},{"type":"process","pid":4}`,
			[]string{"o1 file x.exe", "o2 file cc", "o3 file aa", "o4 file bb", "o5 infrastructure 192.0.2.1", "o6 persona 1000", "o7 persona ghost", "1 skipped: object of type mac-addr", "1 skipped: observable of type process with nothing to carry"}},
		"network of a provider": {
			`{"type":"autonomous-system","number":64496,"name":"Example"}`,
			[]string{"o1 infrastructure Example"}},
		"certificate, key, mutex": {
			`{"type":"x509-certificate","issuer":"CN=a","serial_number":"01","hashes":{"SHA-1":"dd"}},{"type":"windows-registry-key","key":"HKLM\\x"},{"type":"mutex","name":"m"}`,
			[]string{"o1 infrastructure CN=a", "o2 infrastructure 01", "o3 infrastructure dd", `o4 artefact HKLM\x`, "o5 artefact m"}},
		"whom a message was sent to": {
			`{"type":"email-addr","id":"email-addr--1","value":"victim@a.example"},{"type":"email-addr","id":"email-addr--2","value":"ghost@b.example"},{"type":"email-message","subject":"hello","from_ref":"email-addr--2","to_refs":["email-addr--1"]}`,
			[]string{"o1 persona ghost@b.example", "o2 artefact hello", "1 skipped: recipient of an e-mail"}},
		"observed data of STIX 2.0": {
			`{"type":"observed-data","id":"observed-data--1","objects":{"0":{"type":"email-addr","value":"victim@a.example"},"1":{"type":"email-message","cc_refs":["0"]},"2":{"type":"url","value":"http://b.example"},"3":{"type":"software","name":"Word"}}}`,
			[]string{"o1 infrastructure http://b.example", "1 skipped: observable of type email-message with nothing to carry", "1 skipped: observable of type software", "1 skipped: recipient of an e-mail"}},
		"observed data of STIX 2.1 has its observables outside": {
			`{"type":"observed-data","object_refs":["url--1"]},{"type":"url","id":"url--1","value":"u"}`,
			[]string{"o1 infrastructure u"}},
		"who did it": {
			`{"type":"relationship","id":"relationship--1","relationship_type":"attributed-to","source_ref":"intrusion-set--1","target_ref":"identity--1"},{"type":"intrusion-set","id":"intrusion-set--1","name":"APT1","aliases":["Comment Crew","APT1",""]},{"type":"identity","id":"identity--1","name":"Unit"},{"type":"campaign","id":"campaign--1"}`,
			[]string{"1 skipped: claim without a name", "1 skipped: object of type identity", "claim: Unit (relationship--1, which attributes APT1)", "claim: APT1; Comment Crew (intrusion-set--1)"}},
		"attributed to somebody outside the bundle": {
			`{"type":"relationship","id":"relationship--1","relationship_type":"attributed-to","source_ref":"campaign--9","target_ref":"threat-actor--9"}`,
			[]string{"claim: threat-actor--9 (relationship--1, which attributes campaign--9)"}},
		"objects of other types": {
			`{"type":"relationship","relationship_type":"uses"},{"type":"x-acme","name":{"odd":1}},{}`,
			[]string{"1 skipped: object of type (none)", "1 skipped: object of type relationship", "1 skipped: object of type x-acme"}},
		"values that cannot be carried": {
			`{"type":"url","value":"a\u0000b"},{"type":"url","value":"  "},{"type":"url","value":"` + strings.Repeat("x", format.MaxText+1) + `"}`,
			[]string{"1 skipped: empty value", "1 skipped: value longer than 8192 bytes", "1 skipped: value with control characters"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(`{"type":"bundle","id":"bundle--1","objects":[` + tt.objects + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, spoken(r)); diff != "" {
				t.Errorf("Decode() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeTellsTitleAndDay(t *testing.T) {
	r, err := Decode(strings.NewReader(`{"type":"bundle","objects":[
		{"type":"report","name":"First\nreport","published":"2013-02-19T23:00:00-05:00"},
		{"type":"report","name":"Second","published":"2014-01-01T00:00:00Z"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Title != "First report" || r.Published != "2013-02-20" {
		t.Errorf("Decode() = title %q of %q, want First report of 2013-02-20", r.Title, r.Published)
	}
}

func TestDecodeCutsALongTitleBetweenCharacters(t *testing.T) {
	r, err := Decode(strings.NewReader(`{"type":"bundle","objects":[{"type":"report","name":"x` + strings.Repeat("é", 1000) + `"}]}`))
	if want := "x" + strings.Repeat("é", 148) + "…"; err != nil || r.Title != want {
		t.Errorf("Decode() = title %q, %v, want %q", r.Title, err, want)
	}
}

func TestDecodeTakesAnObjectAlone(t *testing.T) {
	r, err := Decode(strings.NewReader(` {"type":"malware","id":"malware--1","name":"X"}`))
	if err != nil || len(r.Observations) != 1 {
		t.Errorf("Decode() = %v, %v, want one observation", r, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	bundle := func(objects string) string { return "{\"type\":\"bundle\",\n\"objects\":[" + objects + "]}" }
	tests := map[string]struct{ in, says string }{
		"nothing":                  {"", "line 1, column 1, byte 0: expected JSON"},
		"a file of MISP":           {`{"Event":{}}`, "expected an object of type bundle"},
		"a list":                   {`[]`, "expected an object, found a list"},
		"objects in an object":     {`{"type":"bundle","objects":{"a":{}}}`, "/objects: expected a list"},
		"cut off":                  {bundle("")[:20], "the file ends in the middle"},
		"trailing comma":           {bundle(`{"type":"url","value":"é"},`), "line 2, column 38, byte 56: expected another value after the comma"},
		"member twice":             {bundle(`{"type":"url","type":"file"}`), `line 2, column 26, byte 43: expected each member once, found "type" twice`},
		"member twice in a string": {bundle(`{"a\n":1,"a\u000a":1}`), `found "a\n" twice`},
		"broken surrogate":         {bundle(`{"type":"\ud800"}`), "line 2, column 21, byte 38"},
		"byte that is not UTF-8":   {bundle("{\"type\":\"\xff\"}"), "invalid UTF-8"},
		"NUL byte":                 {bundle("{\"type\":\"a\x00b\"}"), "line 2, column 22"},
		"byte order mark":          {"\ufeff" + bundle(""), "byte order mark"},
		"UTF-16":                   {"\xff\xfe{\x00}\x00", "UTF-16"},
		"more after the end":       {bundle("") + " {}", "expected the end of the file"},
		"an object that is none":   {bundle(`{},"x"`), "line 2, column 15, byte 32: expected an object, found a string"},
		"pattern of another type":  {bundle(`{"type":"indicator","pattern":7}`), "line 2, column 42, byte 59: /pattern: expected a string, found a number"},
		"hash of another type":     {bundle(`{"type":"file","hashes":{"MD5":{}}}`), "byte 60: expected a string, found an object"},
		"hashes of another type":   {bundle(`{"type":"file","hashes":["MD5"]}`), "/hashes: expected an object"},
		"inside observed data":     {bundle(`{"type":"observed-data","objects":{"0":{"type":"url","value":[]}}}`), "byte 90: /value: expected a string, found a list"},
		"nested too deep":          {bundle(strings.Repeat("[", 31)), "byte 59: expected at most 32 nested"},
		"a hundred thousand deep":  {strings.Repeat("[", 100_000), "byte 32: expected at most 32 nested"},
		"too many values":          {bundle(strings.Repeat("0,", format.MaxTokens) + "0"), "names, values and brackets"},
		"too long":                 {bundle(`"` + strings.Repeat("x", format.MaxSize) + `"`), "expected at most 16 MiB"},
		"too many observations":    {bundle(manyURLs(evidence.MaxObservations + 1)), "expected at most 100000 observations"},
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
	case !strings.HasPrefix(err.Error(), "stix: "), strings.ContainsAny(err.Error(), "\n\r\x00"):
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

func TestDecodePassesOnErrorsOfTheReader(t *testing.T) {
	broken := errors.New("cable pulled")
	_, err := Decode(readerFunc(func([]byte) (int, error) { return 0, broken }))
	if !errors.Is(err, broken) || !errors.Is(err, format.ErrUnreadable) {
		t.Errorf("Decode() = %v, want both sentinels", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// What was skipped is counted by kinds of which a file can make up as many as
// it likes; the list stays short and its sum whole.
func TestDecodeKeepsTheListOfSkippedShort(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `{"type":"x-%d%s"},`, i, strings.Repeat("z", 100))
	}
	r, err := Decode(strings.NewReader(`{"type":"bundle","objects":[` + strings.TrimSuffix(b.String(), ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, s := range r.Skipped {
		sum += s.Count
	}
	if len(r.Skipped) > 101 || sum != 1000 {
		t.Errorf("Decode() skipped %d in %d kinds, want 1000 in at most 101", sum, len(r.Skipped))
	}
}

// A name can have any number of aliases: they cost no more than reading them,
// and the claim stays of a size that a page can show.
func TestDecodeBoundsTheAliasesOfAnActor(t *testing.T) {
	var b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&b, `,"a%d"`, i)
	}
	r, err := Decode(strings.NewReader(`{"type":"bundle","objects":[{"type":"campaign","id":"campaign--1","name":"X","aliases":["X"` + b.String() + `]}]}`))
	if err != nil || len(r.Claims) != 1 {
		t.Fatalf("Decode() = %d claims, %v, want one", len(r.Claims), err)
	}
	if names := r.Claims[0].Names; !strings.HasPrefix(names, "X; a0; a1; ") || len(names) > 2000 {
		t.Errorf("Names = %.40q, %d bytes, want X and its first aliases in 2000", names, len(names))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"indicator","pattern":"[a:b = 'c' AND (d:e IN ('f','g') OR h:i LIKE 'j')]"}]}`))
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"observed-data","objects":{"0":{"type":"file","hashes":{"MD5":"aa"}}}}]}`))
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"relationship","relationship_type":"attributed-to","target_ref":"x"}]}`))
	f.Add([]byte(`{"type":"tool","id":"tool--1","name":"\u202e","external_references":[{"source_name":"mitre-attack","external_id":"S0001"}]}`))
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
