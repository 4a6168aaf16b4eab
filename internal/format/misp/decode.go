// Package misp reads events of the threat intelligence platform MISP and tells
// apart in them what was observed from what is claimed.
//
// Attributes, the attributes of objects, and clusters of ATT&CK techniques and
// software become observations. Clusters and attributes that name a threat
// actor or a campaign are claims.
package misp

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"solferino/evidence"
	"solferino/internal/format"
)

// Decode reads {"Event": …}, {"response": [{"Event": …}, …]} or a bare event.
// What was deleted is skipped. Title and day are those of the first event that
// has them; the day is that of publication, "" for an event that was never
// published, because the date of an event is when it happened. The error wraps
// [format.ErrUnreadable].
func Decode(r io.Reader) (format.Reading, error) {
	file, err := format.OpenJSON("misp", r)
	if err != nil {
		return format.Reading{}, err
	}
	events, err := events(file)
	if err != nil {
		return format.Reading{}, err
	}
	d := decoder{file: file, named: map[[2]string]bool{}}
	for _, e := range events {
		if err := d.event(e); err != nil {
			return format.Reading{}, err
		}
	}
	reading, ok := d.draft.Reading()
	if !ok {
		return format.Reading{}, file.Fault(0, fmt.Sprintf("expected at most %d observations", evidence.MaxObservations), "split the file")
	}
	return reading, nil
}

// events finds the events in the document. The specification knows the bare
// event and {"Event": …} (section 2.2); the REST interface of MISP, and all
// publishers whose files were seen, wrap a list of those in "response".
func events(file format.File) ([]format.Part, error) {
	var root format.Members
	if err := file.Unmarshal(0, file.Bytes, &root); err != nil {
		return nil, err
	}
	response, isResponse := root.Get("response")
	event, isEvent := root.Get("Event")
	_, isBare := root.Get("info")
	switch [3]bool{isResponse, isEvent, isBare} {
	case [3]bool{true, false, false}:
		return wrapped(file, response)
	case [3]bool{false, true, false}:
		return []format.Part{event}, nil
	case [3]bool{false, false, true}:
		return []format.Part{{Value: file.Bytes}}, nil
	}
	return nil, file.Fault(0, "expected an object with just one of the members Event, response and info", "is it a file of another format?")
}

func wrapped(file format.File, response format.Part) ([]format.Part, error) {
	var list format.List
	if err := file.Unmarshal(response.At, response.Value, &list); err != nil {
		return nil, err
	}
	var events []format.Part
	for _, part := range list {
		at := response.At + part.At
		var members format.Members
		if err := file.Unmarshal(at, part.Value, &members); err != nil {
			return nil, err
		}
		event, ok := members.Get("Event")
		if !ok {
			return nil, file.Fault(at, "expected an object with the member Event", "")
		}
		event.At += at
		events = append(events, event)
	}
	return events, nil
}

type decoder struct {
	file  format.File
	draft format.Draft
	named map[[2]string]bool // clusters by type and value
}

// event takes one event in the order in which MISP writes its parts.
func (d *decoder) event(part format.Part) error {
	var e event
	if err := d.file.Unmarshal(part.At, part.Value, &e); err != nil {
		return err
	}
	d.publication(e)
	d.draft.SkipMany("proposal", int(e.Proposals))
	d.draft.SkipMany("report", int(e.Reports))
	for _, p := range e.Attributes {
		var a attribute
		if err := d.file.Unmarshal(part.At+p.At, p.Value, &a); err != nil {
			return err
		}
		d.attribute(a, "attribute "+string(a.UUID))
	}
	d.galaxies(e.Galaxies, e.Tags, "event "+string(e.UUID))
	for _, p := range e.Objects {
		if err := d.object(part.At+p.At, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// publication takes title and day from the first event that has them.
func (d *decoder) publication(e event) {
	if d.draft.Title == "" {
		d.draft.Title = string(e.Info)
	}
	for _, stamp := range []text{e.FirstPublication, e.PublishTimestamp} {
		seconds, err := strconv.ParseInt(string(stamp), 10, 64)
		if err == nil && seconds > 0 && seconds < 1<<36 && d.draft.Published == "" {
			d.draft.Published = time.Unix(seconds, 0).UTC().Format(time.DateOnly)
		}
	}
}

// object takes the attributes of an object, which begins at byte at.
func (d *decoder) object(at int64, v jsontext.Value) error {
	var o object
	if err := d.file.Unmarshal(at, v, &o); err != nil {
		return err
	}
	d.draft.SkipMany("reference between objects", int(o.References))
	for _, p := range o.Attributes {
		var a attribute
		if err := d.file.Unmarshal(at+p.At, p.Value, &a); err != nil {
			return err
		}
		a.Deleted = a.Deleted || o.Deleted
		d.attribute(a, fmt.Sprintf("%s of the object %s, attribute %s", a.Relation, o.Name, a.UUID))
	}
	return nil
}

// attribute takes one attribute, with what is attached to it.
func (d *decoder) attribute(a attribute, where string) {
	d.draft.SkipMany("proposal", int(a.Proposals))
	d.draft.SkipMany("sighting", int(a.Sightings))
	if a.Deleted {
		d.draft.Skip("deleted attribute")
		return
	}
	d.value(a, where)
	d.galaxies(a.Galaxies, a.Tags, where)
}

// value takes the value of an attribute.
func (d *decoder) value(a attribute, where string) {
	families := familiesOf(a)
	switch {
	case claims[string(a.Type)]:
		d.draft.Claim(fmt.Sprintf("%s: %s", where, a.Type), string(a.Value))
	case reference(a):
		d.draft.Skip("reference to an analysis")
	case victim(a):
		d.draft.Skip("recipient of an e-mail")
	case unset(a):
		d.draft.Skip("time that was never set")
	case families == nil:
		d.draft.Skip(fmt.Sprintf("attribute of type %.60s", a.Type))
	default:
		note := format.OneLine(fmt.Sprintf("%s (%s) in %s", a.Type, a.Category, where))
		for i, part := range split(string(a.Value), len(families)) {
			if families[i] == "" {
				continue
			}
			d.draft.Observe(evidence.Observation{Family: families[i], Value: part, Note: note})
		}
	}
}
