package portal

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// pages are all pages of newWorld, with sentences that each must say.
var pages = []struct {
	path string
	says []string
}{
	{"/", []string{"Power cuts in western Ukraine", "88\u00a0% (15 to 93\u00a0%), very likely", "Confidence in the evidence and the method: low.", "Seen by <bdi>nairobi</bdi>"}},
	{"/findings", []string{"NotPetya, June 2017", "withdrawn", "superseded", "It said: Nobody is named."}},
	{"/finding/2026-001/2", []string{
		"Intruders opened breakers", "Limits", "88\u00a0% (15 to 93\u00a0%), very likely", "No state is named",
		"One item, the malware BlackEnergy, carries most", "In 58 earlier new reports", "Latin America and the Caribbean 1",
		"4 concur, 1 dissent, 0 abstain", "I would have named nobody until", "What would change our mind", "No reply is on record.",
		`<a href="/clause/gge-2015/13f"><bdi>gge-2015#13f</bdi></a>`, "voluntary since 22 July 2015", "none: it did not bind",
		"No link from the actor to a state was reviewed.", "&#43;3.41", "−0.57", "implied by S0089", "Framing cost 1.",
		"m.okafor</bdi> → <bdi>l.silva", "in transit to <bdi>l.silva", "Ukraine case report", "Charges six officers", "from memory, unconfirmed",
		"their state UA is a party", "solferino verify --status status 2026-001.2.finding", `href="/bundle/2026-001.2.finding"`,
		"An exhibit from a second origin was added.", "paraphrase"}},
	{"/finding/2026-001/1", []string{"This version was superseded.", `<a href="/finding/2026-001/2">version 2</a>`}},
	{"/finding/2026-002/1", []string{"This version was withdrawn.", "Two exhibits turned out to be one.", "Why nobody is named", "a name takes 0.7",
		"Nobody on the panel dissented.", "No state was asked", "No clause was assessed."}},
	{"/case/2026-001", []string{"Power cuts in western Ukraine", "rests on 1 entries", "Version 1", "Version 2"}},
	{"/convention", []string{"Digital Geneva Convention", "Paris Call", "the pillar of independent attribution", "paraphrase, unconfirmed"}},
	{"/convention/gge-2021", []string{"UN GGE 2021", "paraphrase, unconfirmed", "Paragraph numbers and wording are from memory"}},
	{"/convention/dgc-2017", []string{`<a href="/clause/dgc-2017/1">`, "proposal"}},
	{"/clause/gge-2015/13f", []string{"critical infrastructure which serves the public", "is substantially the same duty as", `href="/clause/dgc-2017/1"`}},
	{"/clause/dgc-2017/1", []string{"What relates to this clause", `href="/clause/gge-2015/13f"`}},
	{"/clause/gge-2015/13h", []string{"paraphrase, unconfirmed"}},
	{"/state/UA", []string{"endorsed</strong> on 23 December 2015", "said to bind: voluntary", "never guilt"}},
	{"/state/XB", []string{"no act is published"}},
	{"/log", []string{"14", "A finding was withdrawn", "Sealed: only the commitment is public", origin + "\n14\n"}},
	{"/log/0", []string{"A state took a step about an instrument", "state/UA", "https://example.org/list", "BEGIN SSH SIGNATURE"}},
	{"/log/2", []string{"A finding was issued", `<a href="/finding/2026-001/1">Read the finding</a>`}},
	{"/log/10", []string{"Sealed: only the commitment is public."}},
	{"/log/11", []string{"does not understand records of the kind <code>future.thought/9</code>"}},
	{"/method", []string{"What a number cannot say", "very likely", "solferino verify FILE --institution KEY"}},
}

func TestEveryPageSaysWhatItIsFor(t *testing.T) {
	w := newWorld(t)
	for _, p := range pages {
		body := w.page(p.path)
		for _, want := range append(p.says, "<strong>DEMONSTRATION</strong>", `<html lang="en"`, "at size <strong>14</strong>") {
			if !strings.Contains(body, want) {
				t.Errorf("GET %s does not say %q:\n%s", p.path, want, excerpt(body))
			}
		}
	}
}

func TestEveryPageIsToBeHadAsJSON(t *testing.T) {
	w := newWorld(t)
	link := regexp.MustCompile(`<link rel="alternate" type="application/json" href="([^"]+)">`)
	for _, p := range pages {
		address := link.FindStringSubmatch(w.page(p.path))
		if address == nil {
			t.Errorf("GET %s names no JSON", p.path)
			continue
		}
		var got struct {
			Checkpoint struct{ Size int64 }
			Notice     string
			View       map[string]any
		}
		answer := w.get(address[1])
		if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil || answer.Header().Get("Content-Type") != "application/json" {
			t.Errorf("GET %s: %v, %s", address[1], err, answer.Header())
		}
		if got.Checkpoint.Size != 14 || got.Notice != w.notice || len(got.View) == 0 {
			t.Errorf("GET %s = %+v", address[1], got)
		}
	}
}

func TestFindingAsJSONIsTheDocument(t *testing.T) {
	w := newWorld(t)
	body := w.page("/finding/2026-002/1.json")
	for _, want := range []string{`"case":"case/2026-002"`, `"version":1`, `"state":"withdrawn"`, `"reason":"Two exhibits turned out to be one."`,
		`"document":{"format":"solferino/finding/1"`, `"refusals":["The likeliest`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

// A finding that is not published, one that is younger than the checkpoint and
// one that does not exist must look alike to the last byte.
func TestWhatIsNotPublicIsNotThere(t *testing.T) {
	w := newWorld(t)
	missing := w.get("/finding/2026-999/1")
	for _, path := range []string{
		"/finding/2026-003/1", "/finding/2026-004/1", "/finding/2026-001/3", "/finding/2026-001/02", "/finding/2026-001/x",
		"/case/2026-003", "/case/2026-004", "/case/nothing", "/log/14", "/log/15", "/log/-1", "/log/007", "/log/99999999999999999999",
		"/opening/10.json", "/opening/14.json", "/opening/15.json", "/opening/0", "/opening/00.json",
		"/bundle/2026-003.1.finding", "/bundle/2026-004.1.finding", "/bundle/2026-001.3.finding", "/bundle/2026-001.1",
		"/convention/none-2000", "/clause/gge-2015/99", "/state/ua", "/state/UAX", "/findings/", "/nowhere",
	} {
		answer := w.get(path)
		if answer.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, answer.Code)
		}
		if strings.HasSuffix(path, ".json") {
			continue
		}
		if answer.Body.String() != missing.Body.String() || headers(answer.Header()) != headers(missing.Header()) {
			t.Errorf("GET %s differs from a finding that is not there", path)
		}
	}
	if a, b := w.get("/finding/2026-003/1.json").Body.String(), w.get("/finding/2026-999/1.json").Body.String(); a != b {
		t.Errorf("as JSON: %s and %s", a, b)
	}
}

func headers(h http.Header) string {
	var b strings.Builder
	h.Write(&b)
	return b.String()
}

func TestListsNameOnlyWhatIsPublic(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/findings", "/log", "/findings.json", "/log.json", "/case/2026-001"} {
		for _, secret := range []string{"2026-003", "2026-004", "state/XB"} {
			if strings.Contains(w.page(path), secret) {
				t.Errorf("GET %s tells of %s", path, secret)
			}
		}
	}
}

func TestPendingNewerVersionLeavesNoTrace(t *testing.T) {
	w := emptyWorld(t)
	d := named1()
	w.publish(d.Case, 1, w.issue(d))
	w.issue(attributed()) // not published
	w.checkpoint()
	body := w.page("/finding/2026-001/1")
	if strings.Contains(body, "superseded") {
		t.Errorf("the page tells of a version that is not public:\n%s", excerpt(body))
	}
}

func TestProblemAsJSON(t *testing.T) {
	answer := newWorld(t).get("/finding/2026-999/1.json")
	var p problem
	if err := json.Unmarshal(answer.Body.Bytes(), &p); err != nil || p.Status != http.StatusNotFound || p.Title == "" {
		t.Errorf("%v: %s", err, answer.Body)
	}
	if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestBeforeTheFirstCheckpointNothingIsPublic(t *testing.T) {
	w := emptyWorld(t)
	d := named1()
	w.publish(d.Case, 1, w.issue(d))
	for path, want := range map[string]string{"/": "No finding stands", "/findings": "There is no finding here", "/log": "There is none yet", "/state/UA": "no act is published"} {
		if body := w.page(path); !strings.Contains(body, want) {
			t.Errorf("GET %s does not say %q", path, want)
		}
	}
	for _, path := range []string{"/finding/2026-001/1", "/log/0", "/opening/0.json", "/bundle/2026-001.1.finding", "/checkpoint"} {
		if got := w.get(path).Code; got != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, got)
		}
	}
}
