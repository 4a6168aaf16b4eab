package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/party"
	"solferino/record"
	"solferino/review"
)

const analysis = record.ID("00112233445566778899aabbccddeeff")

// wide leaves room for recusals: five may be drawn for three seats.
func wide() []*party.Person {
	return people("KE africa academia", "SN africa government", "MY asia-pacific academia", "RO eastern-europe government", "BR latin-america-caribbean industry")
}

// called is a bench after its call at index 10.
func called(t *testing.T) *review.Bench {
	t.Helper()
	b, err := review.Call(review.Called{Round: 1, Analysis: analysis}, 10, small(), wide(), review.Ties{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// seated is a bench with its panel, drawn from a checkpoint of size 11.
func seated(t *testing.T) *review.Bench {
	t.Helper()
	b := called(t)
	panel, err := b.Lot(inquiry, 11, numbered(1))
	check(t, err)
	check(t, b.Seat(inquiry, review.Seated{Round: 1, Panel: panel}, 11, numbered(1)))
	return b
}

// sealed is a bench on which the members have sealed these votes.
func sealed(t *testing.T, votes ...review.Vote) *review.Bench {
	t.Helper()
	b := seated(t)
	for i, v := range votes {
		check(t, b.Seal(b.Panel[i], commit(t, b, b.Panel[i], v)))
	}
	return b
}

// opened is a bench on which these votes were sealed, closed and opened.
func opened(t *testing.T, votes ...review.Vote) *review.Bench {
	t.Helper()
	b := sealed(t, votes...)
	check(t, b.Close())
	for i, v := range votes {
		check(t, b.Open(inquiry, b.Panel[i], review.Opened{Salt: salt(b.Panel[i]), Ballot: ballot(b, b.Panel[i], v)}))
	}
	return b
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ballot(b *review.Bench, member record.Subject, v review.Vote) review.Ballot {
	return review.Ballot{Case: inquiry, Round: b.Round, Analysis: b.Analysis, Member: member, Vote: v, Reason: "as I see it"}
}

func salt(member record.Subject) record.Digest { return record.Sum([]byte(member)) }

func commit(t *testing.T, b *review.Bench, member record.Subject, v review.Vote) review.Sealed {
	t.Helper()
	c, err := ballot(b, member, v).Seal(salt(member).Bytes())
	check(t, err)
	return review.Sealed{Round: b.Round, Commit: c}
}

func opinion() review.Dissented {
	return review.Dissented{Round: 1, Opinion: record.Attachment{Commit: record.Sum([]byte("o")), Blob: record.Sum([]byte("b"))}}
}

func TestCallAsksForARosterThatSpansTheWorld(t *testing.T) {
	clerk := someone("clerk", "BR latin-america-caribbean industry")
	clerk.Roles = []party.Role{party.Counsel}
	for name, roster := range map[string][]*party.Person{
		"nobody":           nil,
		"one region":       people("KE africa academia", "SN africa government"),
		"one who may not":  append(wide(), clerk),
		"nobody but clerk": {clerk},
	} {
		if _, err := review.Call(review.Called{Round: 1}, 0, small(), roster, review.Ties{}); !errors.Is(err, review.ErrRoster) {
			t.Errorf("%s: Call() = %v, want ErrRoster", name, err)
		}
	}
}

func TestCallRecusesByRule(t *testing.T) {
	b, err := review.Call(review.Called{Round: 1}, 0, small(), wide(), review.Ties{States: []string{"KE"}})
	check(t, err)
	if want := []review.Recusal{{Person: "person/r0", Reason: "their state KE is a party to the case", Rule: true}}; !slices.Equal(b.Recusals, want) {
		t.Errorf("Recusals = %v, want %v", b.Recusals, want)
	}
	if err := b.Recuse("person/r0", review.Recused{Round: 1, Reason: "I too"}); !errors.Is(err, review.ErrOutOfStep) {
		t.Errorf("who is recused by rule recuses themself: %v", err)
	}
	for i := range 40 {
		panel, err := b.Lot(inquiry, 11, numbered(i))
		check(t, err)
		if slices.Contains(panel, "person/r0") {
			t.Fatalf("root %d draws %v, with one who is recused", i, panel)
		}
	}
}

func TestARecusalByOnesOwnWord(t *testing.T) {
	b := called(t)
	check(t, b.Recuse("person/r1", review.Recused{Round: 1, Reason: "a cousin"}))
	if want := (review.Recusal{Person: "person/r1", Reason: "a cousin"}); b.Recusals[0] != want {
		t.Errorf("Recusals = %v, want %v", b.Recusals, want)
	}
	tests := map[string]struct {
		bench *review.Bench
		who   record.Subject
	}{
		"twice":                       {b, "person/r1"},
		"one who was never on it":     {b, "person/r9"},
		"after the panel was seated":  {seated(t), "person/r0"},
		"a member of the seated ones": {seated(t), seated(t).Panel[0]},
	}
	for name, tt := range tests {
		if err := tt.bench.Recuse(tt.who, review.Recused{Round: 1, Reason: "busy"}); !errors.Is(err, review.ErrOutOfStep) {
			t.Errorf("%s: Recuse() = %v, want ErrOutOfStep", name, err)
		}
	}
}

func TestTheLotFallsAfterTheCall(t *testing.T) {
	for size, ok := range map[int64]bool{0: false, 9: false, 10: false, 11: true, 1000: true} {
		if _, err := called(t).Lot(inquiry, size, numbered(1)); (err == nil) != ok || !ok && !errors.Is(err, review.ErrOutOfStep) {
			t.Errorf("checkpoint of size %d: Lot() = %v", size, err)
		}
	}
	b := seated(t)
	if _, err := b.Lot(inquiry, 12, numbered(2)); !errors.Is(err, review.ErrOutOfStep) {
		t.Errorf("a second lot: %v", err)
	}
	if b.SeededBy != 11 || len(b.Members()) != 3 {
		t.Errorf("seeded by %d, members %v", b.SeededBy, b.Members())
	}
}

func TestOnlyThePanelOfTheLotIsSeated(t *testing.T) {
	b := called(t)
	panel, err := b.Lot(inquiry, 11, numbered(1))
	check(t, err)
	reversed := slices.Clone(panel)
	slices.Reverse(reversed)
	for name, list := range map[string][]record.Subject{"nobody": nil, "two of three": panel[:2], "in another order": reversed} {
		if err := b.Seat(inquiry, review.Seated{Round: 1, Panel: list}, 11, numbered(1)); !errors.Is(err, review.ErrWrongLot) {
			t.Errorf("%s: Seat() = %v, want ErrWrongLot", name, err)
		}
		if b.Panel != nil {
			t.Fatalf("%s: %v sit", name, b.Panel)
		}
	}
	check(t, b.Seat(inquiry, review.Seated{Round: 1, Panel: panel}, 11, numbered(1)))
}

func TestSeal(t *testing.T) {
	closed := sealed(t, review.Concur, review.Concur)
	check(t, closed.Close())
	out := called(t)
	check(t, out.Recuse("person/r1", review.Recused{Round: 1, Reason: "a cousin"}))
	tests := map[string]struct {
		bench *review.Bench
		who   record.Subject
		of    record.Subject // whose commitment
		wraps error
	}{
		"a member":                   {seated(t), seated(t).Panel[0], seated(t).Panel[0], nil},
		"a member, again":            {sealed(t, review.Concur), seated(t).Panel[0], seated(t).Panel[0], nil},
		"a member copies another":    {sealed(t, review.Concur), seated(t).Panel[1], seated(t).Panel[0], review.ErrSpoilt},
		"a member after the close":   {closed, closed.Panel[2], closed.Panel[2], review.ErrOutOfStep},
		"somebody who was not drawn": {seated(t), "person/r9", "person/r9", review.ErrNotSeated},
		"somebody who is recused":    {out, "person/r1", "person/r1", review.ErrRecused},
		"before the seating":         {called(t), "person/r0", "person/r0", review.ErrNotSeated},
	}
	for name, tt := range tests {
		before := len(tt.bench.Sealed)
		err := tt.bench.Seal(tt.who, commit(t, tt.bench, tt.of, review.Concur))
		if !errors.Is(err, tt.wraps) {
			t.Errorf("%s: Seal() = %v, want %v", name, err, tt.wraps)
		}
		if err != nil && len(tt.bench.Sealed) != before {
			t.Errorf("%s: refused, and %d are sealed in place of %d", name, len(tt.bench.Sealed), before)
		}
	}
}

func TestTheLastSealCounts(t *testing.T) {
	b := sealed(t, review.Concur, review.Concur)
	who := b.Panel[0]
	check(t, b.Seal(who, commit(t, b, who, review.Dissent)))
	check(t, b.Close())
	if err := b.Open(inquiry, who, review.Opened{Salt: salt(who), Ballot: ballot(b, who, review.Concur)}); !errors.Is(err, review.ErrSpoilt) {
		t.Errorf("the first ballot is opened: %v, want ErrSpoilt", err)
	}
	check(t, b.Open(inquiry, who, review.Opened{Salt: salt(who), Ballot: ballot(b, who, review.Dissent)}))
}

func TestClose(t *testing.T) {
	twice := sealed(t, review.Concur, review.Concur)
	check(t, twice.Close())
	for name, tt := range map[string]struct {
		bench *review.Bench
		ok    bool
	}{
		"before the seating":     {called(t), false},
		"nobody has sealed":      {seated(t), false},
		"one below the quorum":   {sealed(t, review.Concur), false},
		"the quorum":             {sealed(t, review.Concur, review.Dissent), true},
		"everybody":              {sealed(t, review.Concur, review.Dissent, review.Abstain), true},
		"what is closed already": {twice, false},
	} {
		if err := tt.bench.Close(); (err == nil) != tt.ok || !tt.ok && !errors.Is(err, review.ErrOutOfStep) {
			t.Errorf("%s: Close() = %v", name, err)
		}
	}
}

func TestOpen(t *testing.T) {
	closed := func() *review.Bench {
		b := sealed(t, review.Concur, review.Dissent)
		check(t, b.Close())
		return b
	}
	tests := map[string]struct {
		bench  *review.Bench
		member int
		change func(act *review.Opened)
		wraps  error
	}{
		"what was sealed":          {closed(), 0, func(*review.Opened) {}, nil},
		"before the close":         {sealed(t, review.Concur, review.Concur), 0, func(*review.Opened) {}, review.ErrOutOfStep},
		"twice":                    {opened(t, review.Concur, review.Concur), 0, func(*review.Opened) {}, review.ErrOutOfStep},
		"without having sealed":    {closed(), 2, func(*review.Opened) {}, review.ErrSpoilt},
		"another vote":             {closed(), 0, func(a *review.Opened) { a.Ballot.Vote = review.Abstain }, review.ErrSpoilt},
		"another reason":           {closed(), 0, func(a *review.Opened) { a.Ballot.Reason = "on second thoughts" }, review.ErrSpoilt},
		"another salt":             {closed(), 0, func(a *review.Opened) { a.Salt = record.Sum(nil) }, review.ErrSpoilt},
		"of another case":          {closed(), 0, func(a *review.Opened) { a.Ballot.Case = "case/2026-002" }, review.ErrSpoilt},
		"of another round":         {closed(), 0, func(a *review.Opened) { a.Ballot.Round = 2 }, review.ErrSpoilt},
		"of another analysis":      {closed(), 0, func(a *review.Opened) { a.Ballot.Analysis = "x" }, review.ErrSpoilt},
		"in another member's name": {closed(), 0, func(a *review.Opened) { a.Ballot.Member = "person/r9" }, review.ErrSpoilt},
	}
	for name, tt := range tests {
		who := tt.bench.Panel[tt.member]
		act := review.Opened{Salt: salt(who), Ballot: ballot(tt.bench, who, review.Concur)}
		tt.change(&act)
		before := len(tt.bench.Ballots)
		err := tt.bench.Open(inquiry, who, act)
		if !errors.Is(err, tt.wraps) {
			t.Errorf("%s: Open() = %v, want %v", name, err, tt.wraps)
		}
		if err != nil && len(tt.bench.Ballots) != before {
			t.Errorf("%s: refused, and yet counted", name)
		}
	}
	if err := closed().Open(inquiry, "person/r9", review.Opened{Salt: salt("person/r9")}); !errors.Is(err, review.ErrNotSeated) {
		t.Errorf("an outsider: Open() = %v, want ErrNotSeated", err)
	}
}

func TestDissentNeedsADissentingBallot(t *testing.T) {
	b := opened(t, review.Concur, review.Dissent, review.Abstain)
	for i, ok := range []bool{false, true, false} {
		if err := b.Dissent(b.Panel[i], opinion()); (err == nil) != ok || !ok && !errors.Is(err, review.ErrOutOfStep) {
			t.Errorf("member %d: Dissent() = %v", i, err)
		}
	}
	if err := b.Dissent(b.Panel[1], opinion()); !errors.Is(err, review.ErrOutOfStep) {
		t.Errorf("twice: Dissent() = %v, want ErrOutOfStep", err)
	}
	if len(b.Dissents) != 1 || b.Dissents[0].Member != b.Panel[1] {
		t.Errorf("Dissents = %v", b.Dissents)
	}
}

func TestWhenARoundIsConcluded(t *testing.T) {
	half := sealed(t, review.Concur, review.Concur, review.Concur)
	check(t, half.Close())
	for _, who := range half.Panel[:2] {
		check(t, half.Open(inquiry, who, review.Opened{Salt: salt(who), Ballot: ballot(half, who, review.Concur)}))
	}
	heard := opened(t, review.Concur, review.Concur, review.Dissent)
	check(t, heard.Dissent(heard.Panel[2], opinion()))
	tests := map[string]struct {
		bench *review.Bench
		ok    bool
	}{
		"called":                         {called(t), false},
		"sealed":                         {sealed(t, review.Concur, review.Concur, review.Concur), false},
		"one sealed ballot is not open":  {half, false},
		"all concur":                     {opened(t, review.Concur, review.Concur, review.Concur), true},
		"the quorum concurs":             {opened(t, review.Concur, review.Concur), true},
		"a majority, and one abstains":   {opened(t, review.Concur, review.Concur, review.Abstain), true},
		"below the majority":             {opened(t, review.Concur, review.Abstain, review.Abstain), false},
		"the dissent was not heard":      {opened(t, review.Concur, review.Concur, review.Dissent), false},
		"the dissent was heard":          {heard, true},
		"a majority of dissent, unheard": {opened(t, review.Dissent, review.Dissent, review.Concur), false},
	}
	for name, tt := range tests {
		if err := tt.bench.Concluded(); (err == nil) != tt.ok || !tt.ok && !errors.Is(err, review.ErrOutOfStep) {
			t.Errorf("%s: Concluded() = %v", name, err)
		}
	}
	if err := sealed(t, review.Concur).Concluded(); !strings.Contains(err.Error(), "is not closed") {
		t.Errorf("while ballots are sealed the round says %v", err)
	}
	concur, dissent, abstain := opened(t, review.Concur, review.Dissent, review.Abstain).Count()
	if got := []int{concur, dissent, abstain}; cmp.Diff(got, []int{1, 1, 1}) != "" {
		t.Errorf("Count() = %v", got)
	}
}

func TestReviewActsMakeSenseByThemselves(t *testing.T) {
	digest := record.Sum(nil)
	good := review.Ballot{Case: inquiry, Round: 1, Analysis: analysis, Member: "person/r1", Vote: review.Concur, Reason: "so"}
	bad := func(change func(b *review.Ballot)) review.Opened {
		b := good
		change(&b)
		return review.Opened{Salt: digest, Ballot: b}
	}
	pair := []record.Subject{"person/r1", "person/r2"}
	tests := map[string]struct {
		act record.Act
		ok  bool
	}{
		"called":                      {review.Called{Round: 1, Analysis: analysis, Roster: pair}, true},
		"called without an analysis":  {review.Called{Round: 1, Roster: pair}, false},
		"called for round nought":     {review.Called{Analysis: analysis, Roster: pair}, false},
		"called, one named twice":     {review.Called{Round: 1, Analysis: analysis, Roster: []record.Subject{"person/r1", "person/r1"}}, false},
		"called out of order":         {review.Called{Round: 1, Analysis: analysis, Roster: []record.Subject{"person/r2", "person/r1"}}, false},
		"called, the host":            {review.Called{Round: 1, Analysis: analysis, Roster: []record.Subject{"host/reef"}}, false},
		"recused":                     {review.Recused{Round: 1, Reason: "a cousin"}, true},
		"recused without a reason":    {review.Recused{Round: 1}, false},
		"recused from no round":       {review.Recused{Reason: "a cousin"}, false},
		"seated":                      {review.Seated{Round: 1, Checkpoint: "note", Panel: pair}, true},
		"seated without a checkpoint": {review.Seated{Round: 1, Panel: pair}, false},
		"seated in no round":          {review.Seated{Checkpoint: "note", Panel: pair}, false},
		"sealed":                      {review.Sealed{Round: 1, Commit: digest}, true},
		"sealed, nothing":             {review.Sealed{Round: 1}, false},
		"sealed in no round":          {review.Sealed{Commit: digest}, false},
		"closed":                      {review.Closed{Round: 1}, true},
		"closed, no round":            {review.Closed{}, false},
		"ended":                       {review.Ended{Round: 1, Reason: "a storm"}, true},
		"ended for no reason":         {review.Ended{Round: 1}, false},
		"ended, no round":             {review.Ended{Reason: "a storm"}, false},
		"opened":                      {bad(func(*review.Ballot) {}), true},
		"opened with a perhaps":       {bad(func(b *review.Ballot) { b.Vote = "perhaps" }), false},
		"opened without a vote":       {bad(func(b *review.Ballot) { b.Vote = "" }), false},
		"opened without a reason":     {bad(func(b *review.Ballot) { b.Reason = "" }), false},
		"opened in no round":          {bad(func(b *review.Ballot) { b.Round = 0 }), false},
		"opened about no case":        {bad(func(b *review.Ballot) { b.Case = "" }), false},
		"opened by nobody":            {bad(func(b *review.Ballot) { b.Member = "r1" }), false},
		"opened without a salt":       {review.Opened{Ballot: good}, false},
		"dissented":                   {opinion(), true},
		"dissented in no round":       {review.Dissented{Opinion: opinion().Opinion}, false},
		"dissented without words":     {review.Dissented{Round: 1}, false},
	}
	for name, tt := range tests {
		if err := tt.act.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}

func TestARoundEndsOnce(t *testing.T) {
	for name, b := range map[string]*review.Bench{"called": called(t), "seated": seated(t), "sealed": sealed(t, review.Concur), "opened": opened(t, review.Concur, review.Abstain)} {
		if !b.Under() {
			t.Fatalf("%s: the round is not under way", name)
		}
		check(t, b.End(review.Ended{Round: 1, Reason: "a storm"}))
		if b.Under() || b.Ended != "a storm" {
			t.Errorf("%s: ended, and it is under way, for %q", name, b.Ended)
		}
		if err := b.End(review.Ended{Round: 1, Reason: "again"}); !errors.Is(err, review.ErrOutOfStep) || b.Ended != "a storm" {
			t.Errorf("%s: ended again: %v", name, err)
		}
	}
	issued := opened(t, review.Concur, review.Concur)
	issued.Issued = true
	if err := issued.End(review.Ended{Round: 1, Reason: "too late"}); !errors.Is(err, review.ErrOutOfStep) {
		t.Errorf("ended after its finding: %v", err)
	}
}

// A commitment shows nothing of the vote, and fits one ballot only.
func TestASealFitsOneBallot(t *testing.T) {
	b := seated(t)
	seen := map[record.Digest]string{}
	for _, member := range b.Panel {
		for _, v := range []review.Vote{review.Concur, review.Dissent, review.Abstain} {
			c := commit(t, b, member, v).Commit
			if other, dup := seen[c]; dup {
				t.Errorf("%s of %s has the commitment of %s", v, member, other)
			}
			seen[c] = string(v) + " of " + string(member)
		}
	}
}
