package party_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"golang.org/x/crypto/ssh"

	"solferino/party"
	"solferino/record"
)

// ecdsaLine is a key of a kind that signs no acts.
const ecdsaLine = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKeLX98hTrt2nLGC5QY/" +
	"cOFwqVftaH0dWsxYBKPZE/cL2TpXt9tz2hu1fO/MTKrS2QyuRIFIHYLkQha5pv0QZVg="

// keyOf draws the key of a name.
func keyOf(t testing.TB, name string) ssh.Signer {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func line(t testing.TB, name string) string { return record.FormatKey(keyOf(t, name).PublicKey()) }

func founded(t testing.TB) party.Founded {
	return party.Founded{Name: "The Reef Institute", Policy: "a policy", Host: line(t, "host"), Founder: line(t, "founder"),
		Grants: []party.Mandate{{Kind: "case.closed/1", Roles: []party.Role{party.Secretariat, party.Trustee}}, {Kind: "case.opened/1", Roles: []party.Role{party.Secretariat}}}}
}

func registered(t testing.TB, key string) party.Registered {
	return party.Registered{State: "KE", Region: "africa", Sector: "academia", Employer: "savanna-university", Interests: []string{"acme", "zeta"},
		Roles: []party.Role{party.Counsel, party.Reviewer}, Key: line(t, key)}
}

func TestFoundingMakesSense(t *testing.T) {
	tests := map[string]struct {
		change func(a *party.Founded)
		ok     bool
	}{
		"as it should be":             {func(*party.Founded) {}, true},
		"nothing is granted":          {func(a *party.Founded) { a.Grants = nil }, true},
		"a kind is granted to nobody": {func(a *party.Founded) { a.Grants[0].Roles = nil }, true},
		"no name":                     {func(a *party.Founded) { a.Name = "" }, false},
		"no policy":                   {func(a *party.Founded) { a.Policy = "" }, false},
		"no host":                     {func(a *party.Founded) { a.Host = "" }, false},
		"no founder":                  {func(a *party.Founded) { a.Founder = "" }, false},
		"a founder with a comment":    {func(a *party.Founded) { a.Founder += " me@here" }, false},
		"a key of another kind":       {func(a *party.Founded) { a.Host = ecdsaLine }, false},
		"kinds out of order":          {func(a *party.Founded) { a.Grants[0], a.Grants[1] = a.Grants[1], a.Grants[0] }, false},
		"a kind named twice":          {func(a *party.Founded) { a.Grants[1] = a.Grants[0] }, false},
		"roles out of order":          {func(a *party.Founded) { a.Grants[0].Roles = []party.Role{party.Trustee, party.Secretariat} }, false},
		"a role named twice":          {func(a *party.Founded) { a.Grants[0].Roles = []party.Role{party.Trustee, party.Trustee} }, false},
		"a role that nobody knows":    {func(a *party.Founded) { a.Grants[0].Roles = []party.Role{"king"} }, false},
	}
	for name, tt := range tests {
		a := founded(t)
		tt.change(&a)
		if err := a.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}

func TestRegistrationMakesSense(t *testing.T) {
	tests := map[string]struct {
		change func(a *party.Registered)
		ok     bool
	}{
		"as it should be":        {func(*party.Registered) {}, true},
		"no employer":            {func(a *party.Registered) { a.Employer = "" }, true},
		"no ties and no roles":   {func(a *party.Registered) { a.Interests, a.Roles = nil, nil }, true},
		"a state in words":       {func(a *party.Registered) { a.State = "Kenya" }, false},
		"a state in small":       {func(a *party.Registered) { a.State = "ke" }, false},
		"no state":               {func(a *party.Registered) { a.State = "" }, false},
		"a continent":            {func(a *party.Registered) { a.Region = "europe" }, false},
		"no region":              {func(a *party.Registered) { a.Region = "" }, false},
		"an unknown sector":      {func(a *party.Registered) { a.Sector = "press" }, false},
		"ties out of order":      {func(a *party.Registered) { a.Interests = []string{"zeta", "acme"} }, false},
		"an unknown role":        {func(a *party.Registered) { a.Roles = []party.Role{"king"} }, false},
		"roles out of order":     {func(a *party.Registered) { a.Roles = []party.Role{party.Reviewer, party.Counsel} }, false},
		"no key":                 {func(a *party.Registered) { a.Key = "" }, false},
		"a key of another kind":  {func(a *party.Registered) { a.Key = ecdsaLine }, false},
		"a key with options":     {func(a *party.Registered) { a.Key = "no-pty " + a.Key }, false},
		"a key and another line": {func(a *party.Registered) { a.Key += "\n" }, false},
	}
	for name, tt := range tests {
		a := registered(t, "somebody")
		tt.change(&a)
		if err := a.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}

func TestKeysMakeSense(t *testing.T) {
	good := line(t, "somebody")
	for name, tt := range map[string]struct {
		act record.Act
		ok  bool
	}{
		"a key":                         {party.KeyAdded{Key: good}, true},
		"no key":                        {party.KeyAdded{}, false},
		"a key of another kind":         {party.KeyAdded{Key: ecdsaLine}, false},
		"a revocation":                  {party.KeyRevoked{Key: good, Reason: "lost"}, true},
		"a revocation without a reason": {party.KeyRevoked{Key: good}, false},
		"a revocation of nothing":       {party.KeyRevoked{Reason: "lost"}, false},
	} {
		if err := tt.act.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}
