package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/internal/store"
	"solferino/record"
)

func head(size int64, root string) store.Head {
	return store.Head{Size: size, Root: record.Sum([]byte(root)).Bytes(), Note: fmt.Appendf(nil, "%d %s\n", size, root)}
}

func testHead(t *testing.T, fresh Fresh) {
	open := fresh(t)
	db := again(t, open)
	mustAppend(t, db, entries(anyCase, anyCase, anyCase, anyCase))
	none := store.Head{}
	steps := []struct {
		name     string
		from, to store.Head
		refused  bool
	}{
		{"one that never was", head(1, "a"), head(2, "b"), true},
		{"the empty tree", none, head(0, "empty"), false},
		{"the first", head(0, "empty"), head(2, "b"), false},
		{"the first again", none, head(2, "b"), true},
		{"another first", none, head(3, "c"), true},
		{"from another root", store.Head{Size: 2, Root: head(2, "x").Root, Note: head(2, "b").Note}, head(3, "c"), true},
		{"from another size", store.Head{Size: 1, Root: head(2, "b").Root, Note: head(2, "b").Note}, head(3, "c"), true},
		{"from another note", store.Head{Size: 2, Root: head(2, "b").Root, Note: []byte("?")}, head(3, "c"), true},
		{"back", head(2, "b"), head(1, "a"), true},
		{"same size, other root", head(2, "b"), head(2, "x"), true},
		{"same tree, more signatures", head(2, "b"), store.Head{Size: 2, Root: head(2, "b").Root, Note: []byte("more")}, false},
		{"more than there is", store.Head{Size: 2, Root: head(2, "b").Root, Note: []byte("more")}, head(5, "e"), true},
		{"to all there is", store.Head{Size: 2, Root: head(2, "b").Root, Note: []byte("more")}, head(4, "d"), false},
	}
	want := none
	for _, s := range steps {
		err := db.SwapHead(t.Context(), s.from, s.to)
		if s.refused {
			mustRefuse(t, s.name, err, store.ErrForked, fmt.Sprintf("size %d", s.to.Size))
		} else if want = s.to; err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if diff := cmp.Diff(want, must[store.Head](t)(db.Head(t.Context()))); diff != "" {
			t.Errorf("%s: Head() (-want +got):\n%s", s.name, diff)
		}
	}
	if err := db.SwapHead(t.Context(), want, store.Head{Size: 4, Root: want.Root}); err == nil {
		t.Error("a head without a note was taken")
	}
	if diff := cmp.Diff(want, must[store.Head](t)(again(t, open).Head(t.Context()))); diff != "" {
		t.Errorf("Head() after reopening (-want +got):\n%s", diff)
	}
}

// testTwoHeads has two processes sign at the same time: one wins each round.
func testTwoHeads(t *testing.T, fresh Fresh) {
	open := fresh(t)
	signers := []*store.DB{again(t, open), again(t, open)}
	var last store.Head
	for size := range int64(20) {
		mustAppend(t, signers[0], []store.Entry{entry(size, anyCase, int(size))})
		errs := make([]error, len(signers))
		var wg sync.WaitGroup
		for i, db := range signers {
			wg.Go(func() { errs[i] = db.SwapHead(t.Context(), last, head(size+1, fmt.Sprint(i))) })
		}
		wg.Wait()
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		if errs[winner] != nil {
			t.Fatalf("size %d: both lost: %v, %v", size, errs[0], errs[1])
		}
		mustRefuse(t, "the other signer", errs[1-winner], store.ErrForked)
		last = head(size+1, fmt.Sprint(winner))
	}
}
