package misp

// Section numbers are those of the MISP core format, draft-18 of 26 November
// 2025, https://github.com/MISP/misp-rfc/blob/main/misp-core-format/raw.md.txt.
// What instances add to it (Galaxy inside attributes, publish dates as
// numbers) is taken as real files have it.

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"solferino/internal/format"
)

// event is section 2.2. Its long lists are read one by one.
type event struct {
	UUID             text        `json:"uuid"`              // 2.2.1.1
	Info             text        `json:"info"`              // 2.2.1.4
	PublishTimestamp text        `json:"publish_timestamp"` // 2.2.1.9, seconds; "0" if never
	FirstPublication text        `json:"first_publication"` // 2.2.1.10, likewise
	Attributes       format.List `json:"Attribute"`         // 2.3, of attribute
	Proposals        count       `json:"ShadowAttribute"`   // 2.4
	Objects          format.List `json:"Object"`            // 2.5, of object
	Reports          count       `json:"EventReport"`       // 2.7
	Tags             []tag       `json:"Tag"`               // 2.8
	Galaxies         []galaxy    `json:"Galaxy"`            // 2.10
}

// attribute is section 2.3, and the attributes of objects (2.5.2.14), which
// have a relation besides.
type attribute struct {
	UUID      text     `json:"uuid"`            // 2.3.2.1
	Type      text     `json:"type"`            // 2.3.2.3
	Category  text     `json:"category"`        // 2.3.2.4
	Deleted   flag     `json:"deleted"`         // 2.3.2.11
	Proposals count    `json:"ShadowAttribute"` // 2.3.2.14
	Value     text     `json:"value"`           // 2.3.2.15
	Relation  text     `json:"object_relation"`
	Tags      []tag    `json:"Tag"`      // 2.8
	Galaxies  []galaxy `json:"Galaxy"`   // 2.10
	Sightings count    `json:"Sighting"` // 2.9
}

// object is section 2.5.
type object struct {
	Name       text        `json:"name"`            // 2.5.2.3
	Deleted    flag        `json:"deleted"`         // 2.5.2.13
	Attributes format.List `json:"Attribute"`       // 2.5.2.14, of attribute
	References count       `json:"ObjectReference"` // 2.6
}

// tag is section 2.8.
type tag struct {
	Name text `json:"name"`
}

// galaxy is section 2.10.
type galaxy struct {
	Type     text      `json:"type"`
	Clusters []cluster `json:"GalaxyCluster"`
}

// cluster is an element of section 2.10.
type cluster struct {
	Type  text `json:"type"`
	Value text `json:"value"`
	Meta  meta `json:"meta"`
}

// meta holds the synonyms of a cluster. Its members can be anything, and an
// empty one is written as a list by MISP's PHP; what is not a list of texts in
// an object counts as no synonyms.
type meta []text

func (m *meta) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	var members format.Members
	if err := members.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	var list []text
	if part, ok := members.Get("synonyms"); ok && json.Unmarshal(part.Value, &list) == nil {
		*m = list
	}
	return nil
}

// text is a string. The specification has ids, dates and values as strings;
// numbers and booleans are taken as they are written, null as "".
type text string

func (t *text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case '{', '[':
		return errors.New("expected a string or a number")
	case 'n':
		return dec.SkipValue()
	}
	token, err := dec.ReadToken()
	*t = text(token.String())
	return err
}

// flag is a boolean; "1", 1 and "true" are taken as true.
type flag bool

func (f *flag) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	err := t.UnmarshalJSONFrom(dec)
	*f = t == "true" || t == "1"
	return err
}

// count is the length of a list of which nothing else is read.
type count int

func (c *count) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		if err := dec.SkipValue(); err != nil {
			return err
		}
		*c++
	}
	_, err := dec.ReadToken()
	return err
}
