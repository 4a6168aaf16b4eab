package convention

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRegisterFindsWhatIsThere(t *testing.T) {
	reg := BuiltIn()
	for _, i := range reg.Instruments() {
		if got, ok := reg.Instrument(i.ID); !ok || got.Title != i.Title {
			t.Errorf("Instrument(%s) = %q, %v", i.ID, got.Title, ok)
		}
		for _, c := range i.Clauses {
			if got, ok := reg.Clause(c.ID); !ok || got.Text != c.Text || c.ID.Instrument() != i.ID {
				t.Errorf("Clause(%s) = %q, %v", c.ID, got.Text, ok)
			}
		}
	}
	if c, ok := reg.Clause(PillarAccord); ok || PillarAccord.Instrument() != "" || !PillarAccord.Pillar() {
		t.Errorf("a pillar is the clause %v", c)
	}
	if i, ok := reg.Instrument("magna-carta-1215"); ok {
		t.Errorf("found %v", i)
	}
}

// TestEquivalents holds the lines of the crosswalk that readers ask for most.
func TestEquivalents(t *testing.T) {
	tests := map[string]struct {
		id   ClauseID
		want string
	}{
		"trade secrets, a founding clause": {"dgc-2017#4", "g7-lucca-2017#N12 eq dgc-2017#4, paris-2018#4 eq dgc-2017#4"},
		"weapons, only in part":            {"dgc-2017#7", "pallmall-2025#pre part dgc-2017#7, pallmall-2025#ove part dgc-2017#7"},
		"infrastructure, from the norm":    {"gge-2015#13f", "gge-2015#13f eq dgc-2017#1, gge-2015#13f part dgc-2017#2, gge-2015#13f part dgc-2017#9"},
		"a pillar":                         {PillarAccord, "ms-accord-2017#1 eq ACC, ms-accord-2017#2 eq ACC, cta-2018#1 eq ACC, cta-2018#2 eq ACC"},
		"a clause that stands alone":       {"g7-lucca-2017#L4", ""},
		"no such clause":                   {"dgc-2017#11", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, l := range BuiltIn().Equivalents(tt.id) {
				got = append(got, fmt.Sprintf("%s %s %s", l.From, l.Relation, l.To))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("Equivalents(%s) (-want +got):\n%s", tt.id, diff)
			}
		})
	}
}

func TestRegisterDoesNotChangeWithItsList(t *testing.T) {
	list := sample(t)
	reg, err := NewRegister(list)
	if err != nil {
		t.Fatal(err)
	}
	first := reg.Instruments()[0].ID
	list[0], reg.Instruments()[0] = Instrument{}, Instrument{}
	if got := reg.Instruments()[0].ID; got != first {
		t.Errorf("first instrument became %q, was %q", got, first)
	}
}
