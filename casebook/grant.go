package casebook

import (
	"slices"
	"strings"

	"solferino/party"
)

// grants says which roles may say which kinds of act by default. An
// institution may found itself with others.
var grants = map[string][]party.Role{
	"party.registered/1":      {party.Trustee},
	"party.key-added/1":       {party.Trustee},
	"party.key-revoked/1":     {party.Trustee},
	"review.adopted/1":        {party.Trustee},
	"convention.adhered/1":    {party.Registrar},
	"convention.reserved/1":   {party.Registrar},
	"attribution.imported/1":  {party.Registrar},
	"casebook.opened/1":       {party.Secretariat},
	"casebook.notified/1":     {party.Secretariat},
	"casebook.replied/1":      {party.Secretariat},
	"evidence.received/1":     {party.Custodian},
	"evidence.offered/1":      {party.Analyst, party.Custodian},
	"evidence.accepted/1":     {party.Analyst, party.Custodian},
	"evidence.derived/1":      {party.Analyst},
	"evidence.contradicted/1": {party.Analyst},
	"attribution.claimed/1":   {party.Analyst, party.Secretariat},
	"attribution.excluded/1":  {party.Analyst},
	"attribution.computed/1":  {party.Analyst},
	"review.called/1":         {party.Secretariat},
	"review.seated/1":         {party.Secretariat},
	"review.closed/1":         {party.Secretariat},
	"review.ended/1":          {party.Secretariat},
	"review.recused/1":        {party.Reviewer},
	"review.sealed/1":         {party.Reviewer},
	"review.opened/1":         {party.Reviewer},
	"review.dissented/1":      {party.Reviewer},
	"finding.assessed/1":      {party.Counsel},
	"finding.issued/1":        {party.Secretariat},
	"finding.withdrawn/1":     {party.Secretariat},
	"record.published/1":      {party.Host},
}

// Grants returns the mandates with which an institution founds itself unless
// it chooses others, sorted by kind.
func Grants() []party.Mandate {
	list := make([]party.Mandate, 0, len(grants))
	for kind, roles := range grants {
		list = append(list, party.Mandate{Kind: kind, Roles: slices.Sorted(slices.Values(roles))})
	}
	slices.SortFunc(list, func(a, b party.Mandate) int { return strings.Compare(a.Kind, b.Kind) })
	return list
}
