package smtp

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// matrix says what becomes of a message whose relay fails, at each stage of a session,
// in each way, and of the message after it ("rejected/accepted"). "untried" is
// deferred, at no cost: it goes out on another session. Dialling has no message: there
// the word is Dial's own. Of every three messages it is the second that the relay
// fails; the first is accepted in every cell.
//
// A 4xx at the body is said while it comes, and the relay hangs up; so it is between
// messages, after the first was taken. At RSET the relay has refused the second with
// 450 to RCPT; with CHUNKING, RSET goes before each message but the first. At QUIT all
// is over.
const matrix = `
stage     mode        4xx                5xx                reset              close              stall              garbage            half
greeting  dial        deferred           refused            deferred           deferred           deferred           deferred           deferred
EHLO      dial        deferred           refused            deferred           deferred           deferred           deferred           deferred
STARTTLS  dial        deferred           refused            deferred           deferred           deferred           deferred           deferred
handshake dial        refused            refused            deferred           deferred           deferred           refused            deferred
AUTH      dial        deferred           refused            deferred           deferred           deferred           deferred           deferred
MAIL      steps       deferred/accepted  refused/accepted   untried/untried    untried/untried    deferred/untried   deferred/untried   untried/untried
MAIL      pipelining  deferred/accepted  refused/accepted   untried/untried    untried/untried    deferred/untried   deferred/untried   untried/untried
MAIL      chunking    deferred/accepted  refused/accepted   in_doubt/broken    in_doubt/broken    in_doubt/in_doubt  in_doubt/in_doubt  in_doubt/broken
RCPT      steps       deferred/accepted  rejected/accepted  deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
RCPT      pipelining  deferred/accepted  rejected/accepted  deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
RCPT      chunking    deferred/accepted  rejected/accepted  in_doubt/broken    in_doubt/broken    in_doubt/in_doubt  in_doubt/in_doubt  in_doubt/broken
DATA      steps       deferred/accepted  rejected/accepted  deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
DATA      pipelining  deferred/accepted  rejected/accepted  deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
body      steps       deferred/untried   refused/untried    deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
body      pipelining  deferred/untried   refused/untried    deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
BDAT      chunking    deferred/untried   refused/untried    deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
dot       steps       deferred/accepted  rejected/accepted  in_doubt/untried   in_doubt/untried   in_doubt/untried   in_doubt/untried   in_doubt/untried
dot       pipelining  deferred/accepted  rejected/accepted  in_doubt/untried   in_doubt/untried   in_doubt/untried   in_doubt/untried   in_doubt/untried
dot       chunking    deferred/accepted  rejected/accepted  in_doubt/broken    in_doubt/broken    in_doubt/in_doubt  in_doubt/in_doubt  in_doubt/broken
between   steps       untried/untried    refused/untried    untried/untried    untried/untried    deferred/untried   deferred/untried   untried/untried
between   pipelining  untried/untried    refused/untried    untried/untried    untried/untried    deferred/untried   deferred/untried   untried/untried
between   chunking    untried/untried    broken/broken      broken/broken      broken/broken      in_doubt/in_doubt  in_doubt/in_doubt  broken/broken
RSET      steps       deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
RSET      pipelining  deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried   deferred/untried
RSET      chunking    accepted/accepted  accepted/accepted  in_doubt/broken    in_doubt/broken    in_doubt/in_doubt  in_doubt/in_doubt  in_doubt/broken
QUIT      steps       accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted
QUIT      pipelining  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted
QUIT      chunking    accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted  accepted/accepted
`

// The matrix has a row for each of these.
var (
	matrixKinds   = []string{"4xx", "5xx", "reset", "close", "stall", "garbage", "half"}
	dialStages    = []string{"greeting", "EHLO", "STARTTLS", "handshake", "AUTH"}
	messageStages = map[string][]string{
		"steps":      {"MAIL", "RCPT", "DATA", "body", "dot", "between", "RSET", "QUIT"},
		"pipelining": {"MAIL", "RCPT", "DATA", "body", "dot", "between", "RSET", "QUIT"},
		"chunking":   {"MAIL", "RCPT", "BDAT", "dot", "between", "RSET", "QUIT"},
	}
	matrixOffers = map[string]string{
		"steps":      "250-relay.example.net\r\n250 8BITMIME",
		"pipelining": "250-relay.example.net\r\n250-PIPELINING\r\n250 8BITMIME",
		"chunking":   chunkingEhlo,
	}
)

// readMatrix gives the words of the matrix by stage, mode and kind.
func readMatrix(t *testing.T) map[[3]string]string {
	t.Helper()
	cells := map[[3]string]string{}
	lines := strings.Split(strings.TrimSpace(matrix), "\n")
	kinds := strings.Fields(lines[0])[2:]
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		for i, word := range words[2:] {
			cells[[3]string{words[0], words[1], kinds[i]}] = word
		}
	}
	return cells
}

// TestMatrix fails a session at every stage, in every way.
func TestMatrix(t *testing.T) {
	cells := readMatrix(t)
	tried := 0
	cell := func(stage, mode, kind string, try func(t *testing.T, stage, mode, kind, want string)) {
		want, ok := cells[[3]string{stage, mode, kind}]
		if !ok {
			t.Errorf("the matrix does not say what becomes of %s at %s with %s", kind, stage, mode)
			return
		}
		tried++
		t.Run(stage+"/"+mode+"/"+kind, func(t *testing.T) {
			t.Parallel()
			try(t, stage, mode, kind, want)
		})
	}
	for _, kind := range matrixKinds {
		for _, stage := range dialStages {
			cell(stage, "dial", kind, tryDial)
		}
		for mode, stages := range messageStages {
			for _, stage := range stages {
				cell(stage, mode, kind, tryMessages)
			}
		}
	}
	if tried != len(cells) {
		t.Errorf("%d of the matrix's %d cells were tried", tried, len(cells))
	}
	t.Logf("report: %d cells: every stage of SMTP, every kind of fault, with plain steps, PIPELINING and CHUNKING, in its class", tried)
}

// fault is what a relay does at a stage.
func fault(stage, kind string) (do act, code int) {
	code = map[string]int{"4xx": 451, "5xx": 550}[kind]
	reply := map[string]string{"4xx": "451 4.3.0 try later", "5xx": "550 5.3.0 no"}[kind]
	if stage == "RCPT" && kind == "5xx" {
		reply = "550 5.1.1 no such user"
	}
	switch kind {
	case "4xx", "5xx":
		switch stage {
		case "body", "BDAT":
			code = map[string]int{"4xx": 452, "5xx": 552}[kind]
			return rawThenHangUp(fmt.Sprintf("%d %c.3.4 too big\r\n", code, kind[0])), code
		case "DATA", "dot":
			return answer(strings.Replace(reply, ".3.0", ".6.0", 1)), code
		}
		return answer(reply), code
	case "reset":
		return reset, 0
	case "close":
		return hangUp, 0
	case "stall":
		return stall, 0
	case "garbage":
		if stage == "body" || stage == "BDAT" {
			return rawThenHangUp("HTTP/1.1 200 OK\r\n"), 0
		}
		return garbage, 0
	}
	return half, 0
}

// patient is a relay whose answers a busy machine may take its time for. Only one
// that stalls is not waited for.
func patient(address, kind string) Relay {
	wait := 10 * time.Second
	if kind == "stall" {
		wait = 400 * time.Millisecond
	}
	r := toRelay(address)
	r.Timeouts = Timeouts{Connect: wait, Greeting: wait, Hello: wait, Mail: wait, Rcpt: wait, Data: wait, Block: wait, Dot: wait, Quit: wait}
	return r
}

func tryDial(t *testing.T, stage, _, kind, want string) {
	do, code := fault(stage, kind)
	s := script{stage: do}
	switch stage {
	case "EHLO":
		s["HELO"] = do
	case "STARTTLS":
		s["EHLO"] = answer("250-relay.example.net\r\n250 STARTTLS")
	case "handshake":
		code = 0
		s = script{"EHLO": answer("250-relay.example.net\r\n250 STARTTLS"), "STARTTLS": func(p *peer) bool {
			_ = answer("220 2.0.0 go on")(p)
			_, _ = p.r.Peek(1) // the client's hello
			if kind == "half" {
				return rawThenHangUp("\x16\x03\x03\x00")(p) // of a record's head
			}
			return do(p) && hangUp(p)
		}}
	case "AUTH":
		s["EHLO"] = answer("250-relay.example.net\r\n250 AUTH PLAIN")
	}
	address, _ := listen(t, s)
	r := patient(address, kind)
	switch stage {
	case "STARTTLS", "handshake":
		r.TLS = StartTLS
	case "AUTH":
		r.Username, r.Password = "user", "password"
	}
	session, o, err := Dial(t.Context(), r)
	if session != nil || err == nil || string(o.Class) != want || o.Code != code || o.Text == "" {
		t.Errorf("got %+v, %v; want %s, code %d", o, err, want, code)
	}
}

func tryMessages(t *testing.T, stage, mode, kind, want string) {
	do, code := fault(stage, kind)
	s := script{stage: do}.second()
	msg := letter
	switch stage {
	case "body", "BDAT":
		s["body"], msg = do, bigLetter[:2<<20]
		s["greeting"] = func(p *peer) bool { // with little room, so that a write waits for the relay
			_ = p.Conn.(*net.TCPConn).SetReadBuffer(1 << 16)
			return answer("220 relay.example.net ESMTP")(p)
		}
	case "between":
		code = map[string]int{"4xx": 421, "5xx": 554}[kind]
		s = script{"dot": between(do, kind)}
	case "RSET":
		code = 0
		s = resetFault(do, mode)
	case "QUIT":
		code = 0
		s = script{"QUIT": do}
	}
	s["EHLO"] = answer(matrixOffers[mode])
	address, _ := listen(t, s)
	session := mustDial(t, patient(address, kind))
	_ = session.tcp.SetWriteBuffer(1 << 16)
	reports := carry(t, session, 4, letter, msg, letter)
	if first := reports[0].Outcome; first.Class != OutcomeAccepted {
		t.Errorf("the message before it: %+v", first)
	}
	second, third, _ := strings.Cut(want, "/")
	checkWord(t, "it", reports[1], second)
	checkWord(t, "the message after it", reports[2], third)
	if got := reports[1].Outcome.Code; code != 0 && got != code && second != "broken" && second != "untried" {
		t.Errorf("code %d, want %d", got, code)
	}
	if err := session.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// checkWord holds a report to a word of the matrix. "broken" is for what was on the
// wire when the session broke: in doubt, or untried where the break was there before.
func checkWord(t *testing.T, what string, r Report, want string) {
	t.Helper()
	got := string(r.Outcome.Class)
	if r.Untried {
		got = "untried"
	}
	if got != want && (want != "broken" || got != "in_doubt" && got != "untried") {
		t.Errorf("%s is %s, want %s: %+v", what, got, want, r.Outcome)
	}
}

// between is a relay that takes the first message, and then does what nobody asked it
// to.
func between(do act, kind string) act {
	return func(p *peer) bool {
		ok := answer("250 2.0.0 Ok: queued as 1")(p)
		switch {
		case p.mails > 1:
			return ok
		case kind == "4xx":
			return rawThenHangUp("421 4.3.2 enough\r\n")(p)
		case kind == "5xx":
			return rawThenHangUp("554 5.3.2 enough\r\n")(p)
		}
		return ok && do(p)
	}
}

// resetFault fails at the RSET after the second message was refused, or, in chunks,
// before it.
func resetFault(do act, mode string) script {
	if mode != "chunking" {
		return script{"RCPT": answer("450 4.2.0 greylisted"), "RSET": do}.second()
	}
	resets := 0
	return script{"RSET": func(p *peer) bool {
		if resets++; resets == 1 {
			return do(p)
		}
		return answer("250 2.0.0 fine")(p)
	}}
}
