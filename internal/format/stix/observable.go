package stix

import (
	"fmt"
	"slices"
)

// observables lists the types of section 6 of which something is carried.
// What network-traffic says stands in the addresses that it refers to; a MAC
// address, or the software installed somewhere, points to no attacker.
var observables = []string{
	"artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr",
	"ipv6-addr", "mutex", "process", "url", "user-account", "windows-registry-key", "x509-certificate",
}

// observedData takes the observables that STIX 2.0 keeps inside, where keys
// take the place of ids.
func (d *decoder) observedData(o object) error {
	var data observedData
	if err := d.file.Unmarshal(o.at, o.body, &data); err != nil {
		return err
	}
	inside, recipients := make([]object, len(data.Objects)), map[string]bool{}
	for i, part := range data.Objects {
		inside[i] = object{at: o.at + part.At, body: part.Value}
		if err := d.file.Unmarshal(inside[i].at, inside[i].body, &inside[i].head); err != nil {
			return err
		}
		if inside[i].Type == "email-message" {
			if err := d.addressees(inside[i], recipients); err != nil {
				return err
			}
		}
	}
	for i, part := range data.Objects {
		if err := d.observable(inside[i], o.ID, recipients[part.Name]); err != nil {
			return err
		}
	}
	return nil
}

// addressees adds whom a message was sent to.
func (d *decoder) addressees(o object, to map[string]bool) error {
	var m message
	err := d.file.Unmarshal(o.at, o.body, &m)
	for _, ref := range slices.Concat(m.To, m.CC, m.BCC) {
		to[ref] = true
	}
	return err
}

// observable takes what an observable says; id is that of the object that it
// stands in. Who received an e-mail was attacked by it: that address is left
// out.
func (d *decoder) observable(o object, id string, recipient bool) error {
	if !slices.Contains(observables, o.Type) {
		d.draft.Skip(fmt.Sprintf("observable of type %.60s", o.Type))
		return nil
	}
	if recipient {
		d.draft.Skip("recipient of an e-mail")
		return nil
	}
	said, err := d.properties(o)
	if err != nil {
		return err
	}
	if len(said) == 0 {
		d.draft.Skip("observable of type " + o.Type + " with nothing to carry")
	}
	for _, t := range said {
		d.path(t.path, t.value, "in "+id)
	}
	return nil
}

// properties lists what an observable says that can be carried, by object
// paths, in a fixed order.
func (d *decoder) properties(o object) ([]term, error) {
	var obs observable
	if err := d.file.Unmarshal(o.at, o.body, &obs); err != nil {
		return nil, err
	}
	list := []term{
		{"value", obs.Value}, {"name", obs.Name}, {"path", obs.Path}, {"subject", obs.Subject}, {"issuer", obs.Issuer},
		{"serial_number", obs.Serial}, {"command_line", obs.Command}, {"key", obs.Key}, {"user_id", obs.UserID},
		{"account_login", obs.Login}, {"display_name", obs.Display},
		{"extensions.windows-pebinary-ext.imphash", obs.Extensions.PE.Imphash},
	}
	for _, h := range obs.Hashes {
		var value string
		if err := d.file.Unmarshal(o.at+h.At, h.Value, &value); err != nil {
			return nil, err
		}
		list = append(list, term{"hashes." + h.Name, value})
	}
	list = slices.DeleteFunc(list, func(t term) bool { return t.value == "" || family(o.Type+":"+t.path) == "" })
	for i := range list {
		list[i].path = o.Type + ":" + list[i].path
	}
	return list, nil
}
