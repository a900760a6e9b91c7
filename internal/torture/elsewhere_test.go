package torture

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// elsewhere lists the proofs that are tests of other rooms.
var elsewhere = []struct {
	proof, room, test string
	times             int
	each              int    // trials in one run
	says              string // what the last line that it logs means
}{
	{"a fault at every stage of SMTP, of every kind", "./mailer/smtp", "TestMatrix", 5, 196, "%s"},
	{"two of three relays flapping", "./mailer", "TestRunFlapping", 10, 1, "4,000 readers, none lost; taken by the two that flap and by the third in the last run: %s"},
}

// logged is a line of t.Log, as go test -v prints it.
var logged = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (?:report: )?(.*)$`)

// TestElsewhere runs them again, for the report. In the short form there is none, and
// go test ./... runs them where they are.
func TestElsewhere(t *testing.T) {
	if !*long {
		return
	}
	for _, e := range elsewhere {
		t.Run(e.test, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "go", "test", "-v", "-run", "^"+e.test+"$", "-count", strconv.Itoa(e.times), e.room)
			cmd.Dir = root
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "--- PASS: "+e.test) {
				t.Errorf("%v\n%s", err, out)
			}
			says := "it logs nothing"
			if lines := logged.FindAllStringSubmatch(string(out), -1); len(lines) > 0 {
				says = lines[len(lines)-1][1]
			}
			report(t, e.proof, e.times*e.each, fmt.Sprintf("%s, %d times: ", e.test, e.times)+fmt.Sprintf(e.says, says))
		})
	}
}
