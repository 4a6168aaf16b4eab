package party

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"solferino/record"
)

// Founded is the first record of a log. It names the institution, the keys
// that speak for it, the policy by which its log counts as witnessed, and the
// first people. The founder, who signs it, is the first of them.
type Founded struct {
	Name    string    `json:"name"`
	Notice  string    `json:"notice"`  // shown on every page and bundle, as "DEMONSTRATION"; or ""
	Policy  string    `json:"policy"`  // C2SP tlog-policy: the log's key, its witnesses, the quorum
	Host    string    `json:"host"`    // OpenSSH key by which the machine signs what anyone can recompute
	Founder string    `json:"founder"` // OpenSSH key of the actor
	Grants  []Mandate `json:"grants"`  // which roles may do which kinds of act, sorted by kind
}

// A Mandate lists the roles that may say one kind of act.
type Mandate struct {
	Kind  string `json:"kind"`
	Roles []Role `json:"roles"`
}

// Registered enters a person: who they are for the rules of diversity and
// recusal, what they may do, and their first key.
type Registered struct {
	State     string   `json:"state"`     // ISO 3166-1 alpha-2 of their nationality
	Region    string   `json:"region"`    // one of the five regional groups of the United Nations
	Sector    string   `json:"sector"`    // academia, government, industry, civil-society
	Employer  string   `json:"employer"`  // label of the organisation, or ""
	Interests []string `json:"interests"` // labels of other ties: funders, clients, former employers; sorted
	Roles     []Role   `json:"roles"`     // sorted
	Key       string   `json:"key"`       // OpenSSH public key
}

// KeyAdded gives a person a further key.
type KeyAdded struct {
	Key string `json:"key"`
}

// KeyRevoked ends a key for every record that comes later in the log. It
// cannot be undone.
type KeyRevoked struct {
	Key    string `json:"key"`
	Reason string `json:"reason"`
}

// A Role is what somebody may be trusted with.
type Role string

// The roles.
const (
	Trustee     Role = "trustee"     // enters people and keys
	Secretariat Role = "secretariat" // runs cases, seats panels, issues findings
	Custodian   Role = "custodian"   // takes exhibits in and keeps them
	Analyst     Role = "analyst"     // examines and analyses
	Counsel     Role = "counsel"     // assesses clauses
	Reviewer    Role = "reviewer"    // sits on panels
	Registrar   Role = "registrar"   // enters adherence and knowledge
	Host        Role = "host"        // the machine itself
)

// Kinds lists the acts of this package.
var Kinds = record.Table{
	Founded{}.Kind():    record.Of[Founded](),
	Registered{}.Kind(): record.Of[Registered](),
	KeyAdded{}.Kind():   record.Of[KeyAdded](),
	KeyRevoked{}.Kind(): record.Of[KeyRevoked](),
}

// Regions are the five regional groups of the United Nations.
var Regions = []string{"africa", "asia-pacific", "eastern-europe", "latin-america-caribbean", "western-europe-others"}

// Sectors are the walks of life that a panel mixes.
var Sectors = []string{"academia", "civil-society", "government", "industry"}

var roles = []Role{Trustee, Secretariat, Custodian, Analyst, Counsel, Reviewer, Registrar, Host}

func (Founded) Kind() string    { return "party.founded/1" }
func (Registered) Kind() string { return "party.registered/1" }
func (KeyAdded) Kind() string   { return "party.key-added/1" }
func (KeyRevoked) Kind() string { return "party.key-revoked/1" }

var stateForm = regexp.MustCompile(`^[A-Z]{2}$`)

// ValidState reports whether code looks like an ISO 3166-1 alpha-2 code.
func ValidState(code string) error {
	if !stateForm.MatchString(code) {
		return fmt.Errorf("state %q: want two capital letters of ISO 3166-1", code)
	}
	return nil
}

// Validate reports whether r is a known role.
func (r Role) Validate() error {
	if !slices.Contains(roles, r) {
		return fmt.Errorf("role %q: want one of %v", string(r), roles)
	}
	return nil
}

func (a Founded) Validate() error {
	if a.Name == "" || a.Policy == "" {
		return errors.New("an institution needs a name and a log policy")
	}
	_, host := record.ParseKey(a.Host)
	_, founder := record.ParseKey(a.Founder)
	if err := errors.Join(host, founder); err != nil {
		return err
	}
	for i, g := range a.Grants {
		if i > 0 && a.Grants[i-1].Kind >= g.Kind {
			return fmt.Errorf("grant of %s is out of order or named twice", g.Kind)
		}
		if err := validRoles(g.Roles); err != nil {
			return fmt.Errorf("grant of %s: %w", g.Kind, err)
		}
	}
	return nil
}

func (a Registered) Validate() error {
	if !slices.Contains(Regions, a.Region) {
		return fmt.Errorf("region %q: want one of %v", a.Region, Regions)
	}
	if !slices.Contains(Sectors, a.Sector) {
		return fmt.Errorf("sector %q: want one of %v", a.Sector, Sectors)
	}
	if !slices.IsSorted(a.Interests) {
		return errors.New("interests are not sorted")
	}
	_, key := record.ParseKey(a.Key)
	return errors.Join(ValidState(a.State), validRoles(a.Roles), key)
}

func validRoles(list []Role) error {
	for i, r := range list {
		if err := r.Validate(); err != nil {
			return err
		}
		if i > 0 && list[i-1] >= r {
			return fmt.Errorf("role %s is out of order or named twice", r)
		}
	}
	return nil
}

func (a KeyAdded) Validate() error {
	_, err := record.ParseKey(a.Key)
	return err
}

func (a KeyRevoked) Validate() error {
	if a.Reason == "" {
		return errors.New("a revocation gives its reason")
	}
	_, err := record.ParseKey(a.Key)
	return err
}
