package attribution

// tally is what one reading of the reports counts: once as they are, and once
// for every resample. Of single techniques and software it keeps only those
// of the case, by their slots; see docket.
type tally struct {
	n       []float64   // by actor: mentions of techniques, each report counting each once
	breadth []float64   // by actor: different techniques
	total   float64     // sum of n
	count   [][]float64 // by technique slot, by actor: reports that mention it
	uses    [][]bool    // by software slot, by actor: some report says it is used

	seen []int // by technique: the actor for which it was last counted, plus one
}

func newTally(p *profiles, techniqueSlots, softwareSlots int) *tally {
	t := &tally{
		n: make([]float64, len(p.actors)), breadth: make([]float64, len(p.actors)),
		count: make([][]float64, techniqueSlots), uses: make([][]bool, softwareSlots),
		seen: make([]int, len(p.techniques)),
	}
	for i := range t.count {
		t.count[i] = make([]float64, len(p.actors))
	}
	for i := range t.uses {
		t.uses[i] = make([]bool, len(p.actors))
	}
	return t
}

// read counts every report as often as times says; nil counts each once.
func (t *tally) read(p *profiles, d *docket, times []int) {
	t.clear()
	for i, r := range p.reports {
		if times == nil {
			t.add(r, d, 1)
		} else if times[i] > 0 {
			t.add(r, d, times[i])
		}
	}
	for _, n := range t.n {
		t.total += n
	}
}

func (t *tally) clear() {
	clear(t.n)
	clear(t.breadth)
	clear(t.seen)
	t.total = 0
	for _, row := range t.count {
		clear(row)
	}
	for _, row := range t.uses {
		clear(row)
	}
}

func (t *tally) add(r sighting, d *docket, times int) {
	t.n[r.actor] += float64(times * len(r.techniques))
	for _, x := range r.techniques {
		if t.seen[x] != r.actor+1 { // reports come by actor
			t.seen[x] = r.actor + 1
			t.breadth[r.actor]++
		}
		if slot := d.techniqueSlot[x]; slot >= 0 {
			t.count[slot][r.actor] += float64(times)
		}
	}
	for _, x := range r.software {
		if slot := d.softwareSlot[x]; slot >= 0 {
			t.uses[slot][r.actor] = true
		}
	}
}
