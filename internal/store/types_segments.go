package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/subscribers/segment"
)

// Segment is a part of the readers of a newsletter; the zero one is all of them.
type Segment struct {
	Said string       // as it was asked for: "@diaspora"
	Expr segment.Expr // what that is; nil: everyone
	segment.Moment
}

// Whole tells whether it is everyone.
func (s Segment) Whole() bool { return s.Expr == nil }

// Where is the end of a sentence on who a mailing goes to.
func (s Segment) Where() string {
	if s.Whole() {
		return ""
	}
	return ", where " + s.Said
}

// Same tells whether it asks for the same part as another, be it at another moment.
func (s Segment) Same(o Segment) bool {
	return s.Whole() == o.Whole() && (s.Whole() || segment.Print(s.Expr) == segment.Print(o.Expr))
}

// FormatFor is the format that readers of a part get who have chosen none.
type FormatFor struct {
	Segment Segment `json:"segment"`
	Format  string  `json:"format"`
}

// segmentDoc is a segment as it is stored.
type segmentDoc struct {
	Said     string    `json:"said"`
	Where    string    `json:"where"`
	Now      time.Time `json:"now"`
	Zone     string    `json:"zone"`
	Language string    `json:"language"`
	Format   string    `json:"format"`
}

// MarshalJSON writes the segment with its moment.
func (s Segment) MarshalJSON() ([]byte, error) {
	d := segmentDoc{Said: s.Said, Now: s.Now.UTC(), Zone: "UTC", Language: s.Language, Format: s.Format}
	if s.Zone != nil {
		d.Zone = s.Zone.String()
	}
	if !s.Whole() {
		d.Where = segment.Print(s.Expr)
	}
	return json.Marshal(d)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Segment) UnmarshalJSON(data []byte) error {
	var d segmentDoc
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		return fmt.Errorf("the segment's time zone: %w", err)
	}
	*s = Segment{Said: d.Said, Moment: segment.Moment{Now: d.Now, Zone: zone, Language: d.Language, Format: d.Format}}
	if d.Where != "" {
		if s.Expr, err = segment.Parse(d.Where, nil); err != nil {
			return fmt.Errorf("the stored segment: %w", err)
		}
	}
	return nil
}

// segmentText is a segment as its column has it: empty where it is everyone.
func segmentText(s Segment) (string, error) {
	if s.Whole() {
		return "", nil
	}
	return document(s)
}

func formatsText(all []FormatFor) (string, error) {
	if len(all) == 0 {
		return "", nil
	}
	return document(all)
}

// readParts reads both columns of a mailing.
func (m *Mailing) readParts(part, formats string) error {
	if part != "" {
		if err := json.Unmarshal([]byte(part), &m.Segment); err != nil {
			return fmt.Errorf("the segment of mailing %d: %w", m.ID, err)
		}
	}
	if formats != "" {
		if err := json.Unmarshal([]byte(formats), &m.FormatFor); err != nil {
			return fmt.Errorf("the formats of mailing %d: %w", m.ID, err)
		}
	}
	return nil
}
