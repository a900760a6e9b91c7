package templates

import (
	"errors"
	"strconv"
	"sync/atomic"
	"text/template/parse"
	"time"
)

// Bounds of one rendering. An edition of eight stories takes some 20 kB, 3,000
// units of work and 2 ms.
const (
	maxOutput = 1 << 20         // bytes
	maxWork   = 100_000         // nodes run: a quarter of a second
	maxTime   = 5 * time.Second // of the clock, should anything cost more than we think
)

// What stops a rendering.
var (
	errTooMuch = errors.New("the page grew past a million bytes")
	errTooLong = errors.New("the partial does not come to an end")
)

// stop is where a meter's step stands, and what it is charged.
type stop struct {
	spot
	cost int
}

// stops are the steps of a theme.
type stops struct{ all []stop }

// stepName is how the steps call the meter. A newsroom's partial cannot: it is not
// among allowed.
const stepName = "step"

// add makes the node of a step, "{{$step := step 7}}". An assignment prints nothing,
// and html/template lets it stand in any context.
func (s *stops) add(at spot, cost int) parse.Node {
	number := len(s.all)
	s.all = append(s.all, stop{at, cost})
	call := &parse.CommandNode{NodeType: parse.NodeCommand, Args: []parse.Node{
		parse.NewIdentifier(stepName),
		&parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: int64(number), Text: strconv.Itoa(number)},
	}}
	return &parse.ActionNode{NodeType: parse.NodeAction, Line: at.line, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Line: at.line,
		Decl: []*parse.VariableNode{{NodeType: parse.NodeVariable, Ident: []string{"$" + stepName}}},
		Cmds: []*parse.CommandNode{call},
	}}
}

// meter bounds one rendering: it is the writer, and counts the steps.
type meter struct {
	page  []byte // kept for the next rendering
	stops *stops
	work  int
	last  int // the step that was taken last
	late  atomic.Bool
	why   error // what stopped it
}

// start sets the meter to nothing. The function that it returns ends it.
func (m *meter) start() (end func()) {
	m.page = m.page[:0]
	m.work, m.last, m.why = 0, 0, nil
	m.late.Store(false)
	timer := time.AfterFunc(maxTime, func() { m.late.Store(true) })
	return func() { timer.Stop() }
}

// step is called by the nodes that add makes.
func (m *meter) step(number int) (int, error) {
	m.last = number
	if m.work += m.stops.all[number].cost; m.work > maxWork || m.late.Load() {
		m.why = errTooLong
	}
	return 0, m.why
}

func (m *meter) Write(p []byte) (int, error) {
	switch {
	case len(m.page)+len(p) > maxOutput:
		m.why = errTooMuch
	case m.late.Load():
		m.why = errTooLong
	default:
		m.page = append(m.page, p...)
		return len(p), nil
	}
	return 0, m.why
}

// fault is what stopped the rendering; nil where nothing did.
func (m *meter) fault() *Fault {
	if m.why == nil {
		return nil
	}
	return &Fault{spot: m.stops.all[m.last].spot, Text: m.why.Error(), Fix: "look at what it repeats, here and around", cause: m.why}
}
