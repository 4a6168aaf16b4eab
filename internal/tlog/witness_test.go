package tlog

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// A past is what a log can show: signed notes and proofs between sizes.
type past struct {
	*house
	tree *Tree
}

func newPast(t *testing.T, size int64) past {
	h := newHouse(t, "quorum none\n", "w")
	h.Witnesses = nil
	tree := h.open(t)
	h.publish(t, tree, size)
	return past{h, tree}
}

func (p past) proof(t *testing.T, from, to int64) proof.Consistency {
	t.Helper()
	c, err := p.tree.Consistency(context.Background(), from, to)
	check(t, err)
	return c
}

// note signs the tree at a size, or some other root of that size.
func (p past) note(t *testing.T, size int64, forked bool) []byte {
	t.Helper()
	_, c := expected(t, size)
	if forked {
		c.Root[0] ^= 1
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, p.Signer)
	check(t, err)
	return signed
}

func TestWitnessCosignsGrowthOnly(t *testing.T) {
	p := newPast(t, 400)
	ctx := context.Background()
	w := p.witness(t, "w")
	for _, size := range []int64{0, 300, 300, 350} {
		old, err := w.last()
		check(t, err)
		line, err := w.Cosign(ctx, old.Size, p.proof(t, old.Size, size), p.note(t, size, false))
		check(t, err)
		signed, err := proof.Assemble(p.note(t, size, false), [][]byte{line}, p.Policy)
		check(t, err)
		_, by, err := proof.ParseCheckpoint(signed, p.Policy)
		if err != nil || len(by) != 1 || by[0] != (proof.Cosigner{Name: "w", At: p.now}) {
			t.Errorf("size %d is cosigned by %v, %v", size, by, err)
		}
		w = p.witness(t, "w") // it restarts each time
	}
	for name, tt := range map[string]struct {
		old   int64
		proof proof.Consistency
		note  []byte
	}{
		"smaller size, said openly": {300, proof.Consistency{}, p.note(t, 300, false)},
		"same size, other root":     {350, proof.Consistency{}, p.note(t, 350, true)},
		"growth from elsewhere":     {300, p.proof(t, 300, 400), p.note(t, 400, false)},
		"from the beginning again":  {0, proof.Consistency{}, p.note(t, 400, false)},
		"larger, other root":        {350, p.proof(t, 350, 400), p.note(t, 400, true)},
		"no proof":                  {350, proof.Consistency{}, p.note(t, 400, false)},
		"proof of something else":   {350, p.proof(t, 300, 400), p.note(t, 400, false)},
	} {
		line, err := w.Cosign(ctx, tt.old, tt.proof, tt.note)
		var conflict *Conflict
		if !errors.As(err, &conflict) || conflict.Size != 350 || string(conflict.Note) != string(p.note(t, 350, false)) || line != nil {
			t.Errorf("%s: Cosign() = %q, %v, want a conflict at size 350", name, line, err)
		}
	}
	if now, err := w.last(); err != nil || now.Size != 350 {
		t.Errorf("the witness now remembers %v, %v", now, err)
	}
	_, err := w.Cosign(ctx, 350, proof.Consistency{}, p.note(t, 300, false))
	wants(t, err, proof.ErrMalformed, "from size 350 to 300")
	other := newPast(t, 1)
	_, err = w.Cosign(ctx, 1, proof.Consistency{}, other.note(t, 1, false))
	wants(t, err, proof.ErrBadSignature, "no verifiable signatures")
}

func TestWitnessIgnoresWhatItDoesNotKnow(t *testing.T) {
	p := newPast(t, 10)
	w := p.witness(t, "w")
	line, err := w.Cosign(context.Background(), 0, proof.Consistency{}, p.note(t, 10, false))
	check(t, err)
	_, err = w.Cosign(context.Background(), 10, proof.Consistency{}, append(p.note(t, 10, false), line...))
	check(t, err)
}

func TestWitnessRemembersBeforeItAnswers(t *testing.T) {
	p := newPast(t, 10)
	w := p.witness(t, "w")
	check(t, os.Mkdir(w.c.File+".tmp", 0o755)) // its disk fails
	_, err := w.Cosign(context.Background(), 0, proof.Consistency{}, p.note(t, 10, false))
	if err == nil || !strings.Contains(err.Error(), w.c.File) {
		t.Errorf("Cosign() = %v, want an error that names its file", err)
	}
}

func TestWitnessWithADamagedMemoryRefuses(t *testing.T) {
	p := newPast(t, 10)
	w := p.witness(t, "w")
	_, err := w.Cosign(context.Background(), 0, proof.Consistency{}, p.note(t, 10, false))
	check(t, err)
	flip(t, w.c.File, 30)
	_, err = w.Cosign(context.Background(), 10, proof.Consistency{}, p.note(t, 10, false))
	wants(t, err, ErrDamaged, w.c.File)
	_, err = NewWitness(WitnessConfig{Keys: []string{p.keys["w"]}, Logs: []string{p.vkey}, File: w.c.File, Now: time.Now})
	wants(t, err, ErrDamaged, w.c.File)
}

func TestWitnessWithoutAClockRefuses(t *testing.T) {
	p := newPast(t, 10)
	p.now = time.Unix(0, 0)
	_, err := p.witness(t, "w").Cosign(context.Background(), 0, proof.Consistency{}, p.note(t, 10, false))
	if err == nil || !strings.Contains(err.Error(), "clock") {
		t.Errorf("Cosign() = %v, want an error about the clock", err)
	}
}

// A Cosigner of a test.
type cosigner func(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error)

func (f cosigner) Cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error) {
	return f(ctx, old, p, signed)
}

func TestWithoutQuorumThePublicationIsPending(t *testing.T) {
	h := newHouse(t, "group g 2 u v w\nquorum g\n", "u", "v", "w")
	ctx := context.Background()
	away := cosigner(func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
		return nil, errors.New("no route to witness")
	})
	good := h.Witnesses
	h.Witnesses = map[string]Cosigner{"u": good["u"], "v": away, "w": away}
	h.grow(10, 0)
	_, _, err := h.open(t).Publish(ctx)
	wants(t, err, ErrPending, "no route to witness")
	if _, err := os.Stat(filepath.Join(h.Dir, "checkpoint")); err == nil {
		t.Error("a checkpoint was published without its quorum")
	}
	if h.head.Size != 10 {
		t.Errorf("the signed head is at %d, want 10", h.head.Size)
	}
	h.Witnesses = good
	h.publish(t, h.open(t), 20) // u has seen 10, v and w nothing
}

func TestHungWitnessDoesNotHoldTheOthersUp(t *testing.T) {
	h := newHouse(t, "group g 2 u v w\nquorum g\n", "u", "v", "w")
	hung := cosigner(func(ctx context.Context, _ int64, _ proof.Consistency, _ []byte) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	h.Witnesses["u"], h.Grace = hung, 0
	h.publish(t, h.open(t), 10)

	h.Witnesses["v"] = hung
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	h.grow(20, 0)
	_, _, err := h.open(t).Publish(ctx)
	wants(t, err, ErrPending, "deadline")
}

func TestWitnessThatLies(t *testing.T) {
	for name, lie := range map[string]cosigner{
		"garbage": func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
			return []byte("hello\n\n"), nil
		},
		"nothing": func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
			return nil, nil
		},
		"claims to have seen more": func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
			return nil, &Conflict{Size: 1 << 40}
		},
		"claims a negative size": func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
			return nil, &Conflict{Size: -1}
		},
		"never content": func(_ context.Context, old int64, _ proof.Consistency, _ []byte) ([]byte, error) {
			return nil, &Conflict{Size: old / 2}
		},
		"shows a note of its own": func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
			return nil, &Conflict{Size: 99, Note: []byte(origin + "\n99\nAAAA\n\n\u2014 " + origin + " AAAAAAAA\n")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "group g any u v\nquorum g\n", "u", "v")
			h.Witnesses["u"] = lie
			h.publish(t, h.open(t), 10) // the honest one is enough

			delete(h.Witnesses, "v")
			h.grow(20, 0)
			_, _, err := h.open(t).Publish(context.Background())
			wants(t, err, ErrPending, "witness u")
		})
	}
	t.Run("answers with another's line", func(t *testing.T) {
		h := newHouse(t, "group g all u v\nquorum g\n", "u", "v")
		h.Witnesses["u"] = h.Witnesses["v"]
		h.grow(10, 0)
		_, _, err := h.open(t).Publish(context.Background())
		wants(t, err, ErrPending, "another witness's signature")
	})
}

// One witness that can prove a fork outweighs a quorum of others.
func TestProvenForkStopsPublication(t *testing.T) {
	for name, size := range map[string]int64{"larger": 30, "equal": 20, "smaller": 10} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "group g any u v\nquorum g\n", "u", "v")
			h.Witnesses["u"] = cosigner(func(context.Context, int64, proof.Consistency, []byte) ([]byte, error) {
				return nil, &Conflict{Size: size, Note: past{house: h}.note(t, size, true)}
			})
			h.grow(20, 0)
			_, _, err := h.open(t).Publish(context.Background())
			wants(t, err, ErrForked, "witness u remembers")
		})
	}
}

func TestKeys(t *testing.T) {
	skey, vkey, err := NewKey(origin, strings.NewReader(strings.Repeat("x", 32)))
	check(t, err)
	again, _, err := NewKey(origin, strings.NewReader(strings.Repeat("x", 32)))
	if err != nil || again != skey {
		t.Errorf("the same chance gives another key: %v", err)
	}
	s, err := note.NewSigner(skey)
	check(t, err)
	v, err := note.NewVerifier(vkey)
	check(t, err)
	sig, err := s.Sign([]byte("text"))
	if err != nil || !v.Verify([]byte("text"), sig) || s.KeyHash() != v.KeyHash() {
		t.Errorf("%s does not verify what its secret key signs", vkey)
	}
	for _, name := range []string{"", "with space", "with+plus", "with\nline"} {
		if _, _, err := NewKey(name, rand.Reader); err == nil {
			t.Errorf("NewKey(%q) makes a key", name)
		}
		if _, _, err := NewWitnessKey(name, rand.Reader); err == nil {
			t.Errorf("NewWitnessKey(%q) makes a key", name)
		}
	}
	if _, _, err := NewKey(origin, strings.NewReader("short")); err == nil {
		t.Error("NewKey() makes a key from too little chance")
	}
	wkey, _, err := NewWitnessKey("w", rand.Reader)
	check(t, err)
	for name, bad := range map[string]string{"empty": "", "log key": skey, "other name": strings.Replace(wkey, "+w+", "+v+", 1)} {
		if _, err := NewWitness(WitnessConfig{Keys: []string{bad}, Logs: []string{vkey}, Now: time.Now}); err == nil {
			t.Errorf("%s: NewWitness() takes the key", name)
		}
	}
}

func TestPolicyMustKnowTheWitness(t *testing.T) {
	h := newHouse(t, "quorum w\n", "w")
	h.Witnesses["x"] = h.Witnesses["w"]
	if _, err := Open(context.Background(), h.Config); err == nil || !strings.Contains(err.Error(), `"x"`) {
		t.Errorf("Open() = %v, want an error about x", err)
	}
}
