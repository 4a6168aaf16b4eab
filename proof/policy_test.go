package proof

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/formats/witness"
	"pgregory.net/rapid"

	"solferino/record"
)

func TestPolicySaysWhoIsTrusted(t *testing.T) {
	h := newHouse(t, 2, map[int]bool{1: true}, "quorum w1\n")
	p := h.policy
	if p.Origin() != origin || !strings.HasPrefix(p.LogKey(), origin+"+") {
		t.Errorf("log is %s with key %s", p.Origin(), p.LogKey())
	}
	ws := p.Witnesses()
	got := []string{ws[0].Name, ws[0].URL, ws[1].Name, ws[1].URL}
	want := []string{"w0", "https://witness.example/w0", "w1", "https://witness.example/w1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("witnesses (-want +got):\n%s", diff)
	}
	for _, w := range ws {
		if !strings.Contains(h.text, " "+w.Key()+" ") || w.Fingerprint().Validate() != nil || w.Fingerprint() != record.Sum(w.key.public) {
			t.Errorf("%s has key %q, fingerprint %q", w.Name, w.Key(), w.Fingerprint())
		}
	}
}

func TestNestedQuorum(t *testing.T) {
	h := newHouse(t, 7, nil, `
# regions
group EU any w0 w1
group	AM any w2 w3
group AP any w4 w5
group AF any w6
group world 3 EU AM AP AF
quorum world
`)
	for name, tt := range map[string]struct {
		by   []int
		want bool
	}{
		"four of two regions":  {[]int{0, 1, 2, 3}, false},
		"one of three regions": {[]int{0, 2, 4}, true},
		"all":                  {[]int{0, 1, 2, 3, 4, 5, 6}, true},
		"nobody":               {nil, false},
	} {
		var by []Cosigner
		for _, i := range tt.by {
			by = append(by, Cosigner{Name: fmt.Sprintf("w%d", i)})
		}
		if got := h.policy.Satisfied(by); got != tt.want {
			t.Errorf("%s: Satisfied() = %v, want %v", name, got, tt.want)
		}
		if !h.policy.WithoutQuorum().Satisfied(by) {
			t.Errorf("%s: a policy without quorum is not satisfied", name)
		}
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	h := newHouse(t, 3, map[int]bool{2: true}, "quorum none\n")
	log := "log " + h.policy.LogKey() + "\n"
	key := func(i int) string { return h.policy.witnesses[i].Key() }
	w0, w1, w2 := "witness w0 "+key(0)+"\n", "witness w1 "+key(1)+"\n", "witness w2 "+key(2)+"\n"
	other := newHouse(t, 0, nil, "quorum none\n")
	raw := strings.SplitN(h.policy.LogKey(), "+", 3)
	wrongID := func(vkey string) string {
		parts := strings.SplitN(vkey, "+", 3)
		return parts[0] + "+00000000+" + parts[2]
	}
	tests := map[string]string{
		"nothing":                     "",
		"no newline at the end":       log + "quorum none",
		"no log":                      w0 + "quorum none\n",
		"no quorum":                   log + w0,
		"two logs":                    log + "log " + other.policy.LogKey() + "\nquorum none\n",
		"the log twice":               log + log + "quorum none\n",
		"two quorums":                 log + w0 + "quorum w0\nquorum none\n",
		"unknown quorum":              log + "quorum w0\n",
		"quorum before its witness":   log + "quorum w0\n" + w0,
		"unknown member":              log + w0 + "group g any w1\nquorum g\n",
		"member of itself":            log + w0 + "group g any g\nquorum g\n",
		"none as member":              log + w0 + "group g any none\nquorum g\n",
		"member of two groups":        log + w0 + w1 + "group a any w0\ngroup b any w0 w1\nquorum b\n",
		"member twice":                log + w0 + "group a 2 w0 w0\nquorum a\n",
		"empty group":                 log + w0 + "group a any\nquorum w0\n",
		"threshold zero":              log + w0 + "group a 0 w0\nquorum a\n",
		"threshold too high":          log + w0 + "group a 2 w0\nquorum a\n",
		"threshold with zero":         log + w0 + "group a 01 w0\nquorum a\n",
		"threshold in words":          log + w0 + "group a one w0\nquorum a\n",
		"name twice":                  log + w0 + "witness w0 " + key(1) + "\nquorum none\n",
		"key under two names":         log + w0 + "witness x " + key(0) + "\nquorum none\n",
		"keyword as name":             log + "witness any " + key(0) + "\nquorum none\n",
		"none as name":                log + "witness none " + key(0) + "\nquorum none\n",
		"group named like a witness":  log + w0 + "group w0 any w0\nquorum none\n",
		"log key as witness":          log + "witness w " + h.policy.LogKey() + "\nquorum none\n",
		"witness key as log":          "log " + key(0) + "\nquorum none\n",
		"ML-DSA key as log":           "log " + key(2) + "\nquorum none\n",
		"id that does not follow":     log + "witness w " + wrongID(key(0)) + "\nquorum none\n",
		"ML-DSA id that does not":     log + "witness w " + wrongID(key(2)) + "\nquorum none\n",
		"log id that does not follow": "log " + wrongID(h.policy.LogKey()) + "\nquorum none\n",
		"id in upper case":            "log " + raw[0] + "+" + strings.ToUpper(raw[1]) + "X+" + raw[2] + "\nquorum none\n",
		"key cut short":               "log " + raw[0] + "+" + raw[1] + "+" + raw[2][:20] + "\nquorum none\n",
		"no key":                      "log\nquorum none\n",
		"too many words":              log + "quorum none none\n",
		"unknown word":                log + "mirror x\nquorum none\n",
		"comment behind words":        log + "quorum none # for now\n",
		"carriage return":             log + "quorum none\r\n",
		"space of another kind":       log + "quorum\u00a0none\n",
		"endless":                     log + "quorum none\n" + strings.Repeat("#\n", maxPolicy),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := ParsePolicy([]byte(text)); !errors.Is(err, ErrMalformed) {
				t.Errorf("ParsePolicy(%q) = %v, want ErrMalformed", text, err)
			}
		})
	}
	if _, err := ParsePolicy([]byte("# é\n\t" + log + w0 + w1 + w2 + "group a 2 w0 w1 w2\n quorum  a \n")); err != nil {
		t.Errorf("the control is refused: %v", err)
	}
}

// Our reading of a policy is that of transparency-dev, for any tree of groups
// and any set of signatures.
func TestQuorumIsTransparencyDevs(t *testing.T) {
	h := newHouse(t, 5, nil, "quorum none\n")
	rapid.Check(t, func(t *rapid.T) {
		free := []string{"w0", "w1", "w2", "w3", "w4"}
		text := h.text[:strings.LastIndex(h.text, "quorum")]
		for i := range rapid.IntRange(0, 4).Draw(t, "groups") {
			n := rapid.IntRange(1, len(free)).Draw(t, "members")
			free = rapid.Permutation(free).Draw(t, "order")
			name := fmt.Sprintf("g%d", i)
			text += fmt.Sprintf("group %s %d %s\n", name, rapid.IntRange(1, n).Draw(t, "k"), strings.Join(free[:n], " "))
			free = append(free[n:len(free):len(free)], name)
		}
		text += "quorum " + rapid.SampledFrom(append(free, none)).Draw(t, "quorum") + "\n"
		ours, err := ParsePolicy([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := witness.ParsePolicy([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var by []int
		for i := range 5 {
			if rapid.Bool().Draw(t, "signs") {
				by = append(by, i)
			}
		}
		signed := h.signRapid(t, by)
		_, _, err = ParseCheckpoint(signed, ours)
		if got, want := err == nil, theirs.Satisfied(signed); got != want {
			t.Errorf("ParseCheckpoint() = %v, transparency-dev says %v\n%s", err, want, text)
		}
	})
}

func (h *house) signRapid(t *rapid.T, by []int) []byte {
	out := []byte(sample().Text() + "\n")
	add := func(name string, id uint32, sig []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, signature{name, id, sig}.line()...)
	}
	sig, err := h.log.Sign([]byte(sample().Text()))
	add(h.log.Name(), h.log.KeyHash(), sig, err)
	for _, i := range by {
		sig, err := h.witnesses[i].Sign([]byte(sample().Text()))
		add(h.witnesses[i].Name(), h.witnesses[i].KeyHash(), sig, err)
	}
	return out
}

func FuzzParsePolicy(f *testing.F) {
	h := newHouse(f, 2, nil, "group g any w0 w1\nquorum g\n")
	f.Add([]byte(h.text))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePolicy(b)
		if err != nil {
			return
		}
		theirs, err := witness.ParsePolicy(b)
		if err != nil { // they want URLs
			return
		}
		if got := p.Satisfied(nil); got != theirs.Satisfied(nil) {
			t.Errorf("%q is satisfied by nobody: %v", b, got)
		}
	})
}
