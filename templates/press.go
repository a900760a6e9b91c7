package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
)

// press is a copy of a theme's partials with a meter of its own. html/template
// knows no limit and cannot be told to stop, so each rendering at a time has a copy
// whose steps call its own meter.
type press struct {
	set   *template.Template
	meter *meter
}

// mostIdle is how many copies a theme keeps for the next renderings.
const mostIdle = 8

// press takes a copy, or makes one.
func (t *Theme) press() (*press, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if last := len(t.idle) - 1; last >= 0 {
		p := t.idle[last]
		t.idle = t.idle[:last]
		return p, nil
	}
	set, err := t.set.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the templates: %w", err)
	}
	m := &meter{stops: t.stops}
	return &press{set: set.Funcs(template.FuncMap{stepName: m.step}), meter: m}, nil
}

func (t *Theme) putBack(p *press) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.idle) < mostIdle {
		t.idle = append(t.idle, p)
	}
}

// execute runs a partial and drops the lines that conditions left empty.
func (t *Theme) execute(name string, data any) (string, error) {
	p, err := t.press()
	if err != nil {
		return "", err
	}
	defer t.putBack(p)
	end := p.meter.start()
	err = p.set.ExecuteTemplate(p.meter, name, data)
	end()
	if stopped := p.meter.fault(); stopped != nil {
		return "", t.placed(stopped)
	}
	if err != nil {
		return "", t.faultOf(err)
	}
	var b strings.Builder
	b.Grow(len(p.meter.page))
	for line := range bytes.Lines(p.meter.page) {
		if len(bytes.TrimSpace(line)) > 0 {
			b.Write(line)
		}
	}
	return b.String(), nil
}
