package smtp

import (
	"fmt"
	"strings"
	"testing"
)

var (
	half    = rawThenHangUp("25")
	garbage = answer("HTTP/1.1 200 OK")
	flood   = rawThenHangUp(strings.Repeat("250-more\r\n", 1000))
	endless = rawThenHangUp("250 " + strings.Repeat("x", 100_000) + "\r\n")
	// bigLetter fills the buffers of the kernel, so that a write of it waits for the relay.
	bigLetter = strings.Repeat("0123456789 a line that fills the buffers of the kernel\r\n", 300_000)
)

// misbehaviours are the ways in which a relay can fail, at each stage.
var misbehaviours = []struct {
	step  string
	how   string
	do    act
	msg   string
	class Class
	stage string
	code  int
}{
	{"MAIL", "4xx", answer("451 4.3.0 try later"), "", OutcomeDeferred, StageMail, 451},
	{"MAIL", "5xx", answer("550 5.1.8 bad sender"), "", OutcomeRefused, StageMail, 550},
	{"MAIL", "421", after421, "", OutcomeDeferred, StageMail, 421},
	{"MAIL", "close", hangUp, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "reset", reset, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "stall", stall, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "garbage", garbage, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "half a line", half, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "flood of lines", flood, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "endless line", endless, "", OutcomeDeferred, StageMail, 0},
	{"MAIL", "out of place", answer("354 what"), "", OutcomeDeferred, StageMail, 354},
	{"RCPT", "4xx", answer("450 4.2.0 greylisted"), "", OutcomeDeferred, StageRcpt, 450},
	{"RCPT", "5xx", answer("550 5.1.1 no such user"), "", OutcomeRejected, StageRcpt, 550},
	{"RCPT", "policy", answer("550 5.7.1 your IP is on a blocklist"), "", OutcomeRefused, StageRcpt, 550},
	{"RCPT", "421", after421, "", OutcomeDeferred, StageRcpt, 421},
	{"RCPT", "close", hangUp, "", OutcomeDeferred, StageRcpt, 0},
	{"RCPT", "reset", reset, "", OutcomeDeferred, StageRcpt, 0},
	{"RCPT", "stall", stall, "", OutcomeDeferred, StageRcpt, 0},
	{"RCPT", "garbage", garbage, "", OutcomeDeferred, StageRcpt, 0},
	{"RCPT", "half a line", half, "", OutcomeDeferred, StageRcpt, 0},
	{"DATA", "4xx", answer("451 4.3.0 no"), "", OutcomeDeferred, StageData, 451},
	{"DATA", "5xx", answer("554 5.6.0 no"), "", OutcomeRejected, StageData, 554},
	{"DATA", "policy", answer("554 5.7.1 no"), "", OutcomeRefused, StageData, 554},
	{"DATA", "250", answer("250 done already"), "", OutcomeDeferred, StageData, 250},
	{"DATA", "421", after421, "", OutcomeDeferred, StageData, 421},
	{"DATA", "close", hangUp, "", OutcomeDeferred, StageData, 0},
	{"DATA", "stall", stall, "", OutcomeDeferred, StageData, 0},
	{"DATA", "half a line", half, "", OutcomeDeferred, StageData, 0},
	{"body", "reset", reset, bigLetter, OutcomeDeferred, StageBody, 0},
	{"body", "stall", stall, bigLetter, OutcomeDeferred, StageBody, 0},
	{"dot", "4xx", answer("451 4.3.0 no"), "", OutcomeDeferred, StageDot, 451},
	{"dot", "421", after421, "", OutcomeDeferred, StageDot, 421},
	{"dot", "5xx", answer("550 5.6.0 no"), "", OutcomeRejected, StageDot, 550},
	{"dot", "policy", answer("550 5.7.1 no"), "", OutcomeRefused, StageDot, 550},
	{"dot", "close", hangUp, "", OutcomeInDoubt, StageDot, 0},
	{"dot", "reset", reset, "", OutcomeInDoubt, StageDot, 0},
	{"dot", "stall", stall, "", OutcomeInDoubt, StageDot, 0},
	{"dot", "garbage", garbage, "", OutcomeInDoubt, StageDot, 0},
	{"dot", "half a line", half, "", OutcomeInDoubt, StageDot, 0},
	{"dot", "half a reply", rawThenHangUp("250-2.0.0 Ok\r\n"), "", OutcomeInDoubt, StageDot, 0},
	{"dot", "354 again", answer("354 more"), "", OutcomeInDoubt, StageDot, 354},
}

// TestSendMisbehaviour has a relay fail in each way at each stage.
func TestSendMisbehaviour(t *testing.T) {
	for _, ehlo := range []string{"steps", "pipelined"} {
		for _, tt := range misbehaviours {
			t.Run(fmt.Sprintf("%s/%s %s", ehlo, tt.step, tt.how), func(t *testing.T) {
				t.Parallel()
				s := script{tt.step: tt.do, "EHLO": answer(plainEhlo)}
				if ehlo == "pipelined" {
					s["EHLO"] = answer(pipeliningEhlo)
				}
				if tt.msg != "" {
					s["EHLO"] = answer(strings.Replace(pipeliningEhlo, " SIZE 100000000", " 8BITMIME", 1))
				}
				address, _ := listen(t, s)
				session := mustDial(t, toRelay(address))
				msg := letter
				if tt.msg != "" {
					msg = tt.msg
				}
				o := session.Send(t.Context(), envelope, []byte(msg))
				if o.Class != tt.class || o.Stage != tt.stage || o.Code != tt.code {
					t.Errorf("got %s at %s, code %d (%q); want %s at %s, code %d",
						o.Class, o.Stage, o.Code, o.Text, tt.class, tt.stage, tt.code)
				}
				if o.Text == "" || o.Relay != "test" {
					t.Errorf("the outcome has no text or no relay: %+v", o)
				}
				if broken := tt.code == 0 || tt.code == 421 || tt.code < 400; broken == session.Usable() {
					t.Errorf("usable: %v", session.Usable())
				}
			})
		}
	}
}
