package main

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"solferino/attribution"
)

const version = "MITRE ATT&CK Enterprise v16.1 (edges and their sources); names and aliases as of v18.1"

// notices are the words that the licences ask for; the first is MITRE's own.
var notices = []string{
	"© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.",
	"Country and sponsor claims: MISP galaxy (CC0-1.0 or BSD-2-Clause) and Microsoft's public actor mapping (CC-BY-4.0, github.com/microsoft/mstic). They are claims of their sources, not findings.",
}

// claimants are those whose claims about countries the tables quote, by the
// name that groups.json gives them. Versions are those it was made from.
var claimants = []attribution.Source{
	{ID: "attack:description", Name: "MITRE ATT&CK Enterprise v18.1, description of the group", URL: "https://attack.mitre.org/groups/", Year: 2025},
	{ID: "microsoft/mstic", Name: "Microsoft threat actor mapping", URL: "https://github.com/microsoft/mstic"},
	{ID: "misp:360net", Name: "MISP galaxy: 360.net threat actors", URL: "https://github.com/MISP/misp-galaxy"},
	{ID: "misp:microsoft-activity-group", Name: "MISP galaxy: Microsoft activity groups", URL: "https://github.com/MISP/misp-galaxy"},
	{ID: "misp:threat-actor", Name: "MISP galaxy: threat actors", URL: "https://github.com/MISP/misp-galaxy"},
}

// sponsorVote marks, in groups.json, what a source says about the sponsor
// rather than the country.
const sponsorVote = ":cfr-sponsor"

// group is one entry of groups.json; the fields that are not read here
// summarise those that are.
type group struct {
	ID      string              `json:"id"`
	Name    string              `json:"name"`
	Aliases []string            `json:"aliases"`
	Votes   map[string][]string `json:"country_votes"` // country → who says so
}

// assemble reads the tables and gives the knowledge that they make. Campaigns
// stay out: their reports would make a profile out of single incidents.
func assemble(dir fs.FS) (*attribution.Knowledge, error) {
	k := attribution.Knowledge{Version: version, Notices: notices}
	edges, err := table(dir, "edges_v16.1.csv", "subject", "object", "cites")
	if err != nil {
		return nil, err
	}
	k.Reports = reports(edges)
	if k.Actors, err = actors(dir, k.Reports); err != nil {
		return nil, err
	}
	if k.Sources, err = sources(dir); err != nil {
		return nil, err
	}
	if k.Techniques, err = techniques(dir); err != nil {
		return nil, err
	}
	if k.Software, err = software(dir); err != nil {
		return nil, err
	}
	return attribution.New(k)
}

// reports gathers edges into reports: what one source says about one group.
func reports(edges [][]string) []attribution.Report {
	at := map[[2]string]int{}
	var list []attribution.Report
	for _, e := range edges {
		if !strings.HasPrefix(e[0], "G") {
			continue
		}
		cites := strings.Fields(e[2])
		if len(cites) == 0 {
			cites = []string{""}
		}
		for _, source := range cites {
			i, begun := at[[2]string{e[0], source}]
			if !begun {
				i = len(list)
				at[[2]string{e[0], source}] = i
				list = append(list, attribution.Report{Actor: e[0], Source: source})
			}
			list[i].Objects = append(list[i].Objects, e[1])
		}
	}
	return list
}

// actors gives the groups on which there is a report.
func actors(dir fs.FS, reports []attribution.Report) ([]attribution.Actor, error) {
	text, err := fs.ReadFile(dir, "groups.json")
	if err != nil {
		return nil, err
	}
	var file struct {
		Groups []group `json:"groups"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("groups.json: %w", err)
	}
	var list []attribution.Actor
	for _, g := range file.Groups {
		if !slices.ContainsFunc(reports, func(r attribution.Report) bool { return r.Actor == g.ID }) {
			continue
		}
		a := attribution.Actor{ID: g.ID, Name: strings.TrimSpace(g.Name), Aliases: g.Aliases}
		for country, by := range g.Votes { // New puts claims in order
			for _, source := range by {
				a.Claims = append(a.Claims, claim(country, source))
			}
		}
		list = append(list, a)
	}
	return list, nil
}

func claim(country, source string) attribution.Claim {
	c := attribution.Claim{Kind: attribution.ClaimCountry, Value: country, Source: source, Confidence: attribution.Unstated}
	if from, sponsor := strings.CutSuffix(source, sponsorVote); sponsor {
		c.Kind, c.Source = attribution.ClaimSponsor, from
	}
	return c
}

// sources gives the claimants and every publication of the table; those that
// only campaigns cite stay, so that a case can name them.
func sources(dir fs.FS) ([]attribution.Source, error) {
	rows, err := table(dir, "citations.csv", "id", "name", "url", "year")
	if err != nil {
		return nil, err
	}
	list := slices.Clone(claimants)
	for _, r := range rows {
		year, err := strconv.Atoi(r[3])
		if err != nil {
			return nil, fmt.Errorf("citations.csv: %s: year: %w", r[0], err)
		}
		list = append(list, attribution.Source{ID: r[0], Name: strings.TrimSpace(r[1]), URL: strings.TrimSpace(r[2]), Year: year})
	}
	return list, nil
}

func techniques(dir fs.FS) ([]attribution.Technique, error) {
	rows, err := table(dir, "techniques.csv", "id", "name", "tactics")
	if err != nil {
		return nil, err
	}
	var list []attribution.Technique
	for _, r := range rows {
		list = append(list, attribution.Technique{ID: r[0], Name: strings.TrimSpace(r[1]), Tactics: strings.Fields(r[2])})
	}
	return list, nil
}

func software(dir fs.FS) ([]attribution.Software, error) {
	rows, err := table(dir, "software.csv", "id", "name", "type", "aliases", "techniques")
	if err != nil {
		return nil, err
	}
	var list []attribution.Software
	for _, r := range rows {
		s := attribution.Software{ID: r[0], Name: strings.TrimSpace(r[1]), Type: r[2], Techniques: strings.Fields(r[4])}
		for a := range strings.SplitSeq(r[3], "|") {
			if a = strings.TrimSpace(a); a != "" {
				s.Aliases = append(s.Aliases, a)
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// table reads a CSV file that must have exactly these columns.
func table(dir fs.FS, name string, columns ...string) ([][]string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], columns) {
		return nil, fmt.Errorf("%s: want columns %v", name, columns)
	}
	return rows[1:], nil
}
