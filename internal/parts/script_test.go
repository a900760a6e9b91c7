package parts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stage is a PATH on which nearly nothing is to be found, and a policy for
// services in a place of its own.
type stage struct {
	t           *testing.T
	bin, policy string
}

func newStage(t *testing.T, programs map[string]string) stage {
	t.Helper()
	dir := t.TempDir()
	s := stage{t: t, bin: filepath.Join(dir, "bin"), policy: filepath.Join(dir, "policy-rc.d")}
	if err := os.Mkdir(s.bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, real := range []string{"bash", "mv", "rm", "grep", "chmod", "cat", "touch"} {
		path, err := exec.LookPath(real)
		if err != nil {
			t.Fatalf("this needs %s, which every system of the README has", real)
		}
		if err := os.Symlink(path, filepath.Join(s.bin, real)); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(s.bin, name), []byte("#!/usr/bin/env bash\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// run runs .ci/parts there and gives what it printed, with its exit code.
func (s stage) run(require string, args ...string) (string, int) {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, "bash"), append([]string{"../../.ci/parts"}, args...)...)
	cmd.Env = []string{"PATH=" + s.bin, "POLICY_RC_D=" + s.policy, "BROADSHEET_REQUIRE=" + require}
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// apt installs what it is asked for, python3, cc and others, after it has noted the
// policy that stands meanwhile.
const apt = `
echo "apt-get $*" >>"$POLICY_RC_D.log"
case "$*" in *install*) cat "$POLICY_RC_D" >>"$POLICY_RC_D.log"; for p in python3 cc initdb opendkim-testmsg smtp-sink strace chromium; do touch "${0%/*}/$p"; chmod +x "${0%/*}/$p"; done ;; esac`

func TestScriptInstalls(t *testing.T) {
	s := newStage(t, map[string]string{"apt-get": apt, "id": "echo 0"})
	before := "#!/bin/sh\nexit 104\n"
	if err := os.WriteFile(s.policy, []byte(before), 0o755); err != nil {
		t.Fatal(err)
	}
	out, code := s.run("all")
	if code != 0 || strings.Contains(out, "left out") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	log, err := os.ReadFile(s.policy + ".log")
	if err != nil {
		t.Fatal(err)
	}
	update, install := strings.Index(string(log), "update"), strings.Index(string(log), " install ")
	if update < 0 || install < update || !strings.Contains(string(log), "python3") {
		t.Errorf("want update, then install of what is missing:\n%s", log)
	}
	if !strings.Contains(string(log), "exit 101") {
		t.Errorf("services were not forbidden while parts were installed:\n%s", log)
	}
	if after, err := os.ReadFile(s.policy); err != nil || string(after) != before {
		t.Errorf("the policy that was there did not come back: %q, %v", after, err)
	}
}

func TestScriptLeavesNoPolicyBehind(t *testing.T) {
	s := newStage(t, map[string]string{"apt-get": "exit 100", "id": "echo 0"})
	for _, left := range []bool{false, true} { // by a run that was killed
		if left {
			if err := os.WriteFile(s.policy, []byte("# of broadsheet's tests\nexit 101\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		out, code := s.run("")
		if code != 0 || !strings.Contains(out, "left out") || !strings.Contains(out, "apt-get failed") {
			t.Errorf("when apt-get fails: exit code %d:\n%s", code, out)
		}
		if _, err := os.Stat(s.policy); !os.IsNotExist(err) {
			t.Errorf("a policy stays behind (one was left before: %t): %v", left, err)
		}
	}
}

func TestScriptWithoutRoot(t *testing.T) {
	s := newStage(t, map[string]string{"apt-get": apt, "id": "echo 1000", "sudo": `touch "$POLICY_RC_D.sudo"`})
	if out, code := s.run(""); code != 0 || !strings.Contains(out, "left out: the judges") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if out, code := s.run("all"); code != 1 || !strings.Contains(out, "install what is missing") {
		t.Errorf("with every part required: exit code %d, want 1:\n%s", code, out)
	}
	for _, trace := range []string{".log", ".sudo"} {
		if _, err := os.Stat(s.policy + trace); !os.IsNotExist(err) {
			t.Errorf("it ran apt-get or sudo of its own accord: %v", err)
		}
	}
}

// TestScriptKnowsTheJudges: what judges mail is looked for where it is asked for.
func TestScriptKnowsTheJudges(t *testing.T) {
	s := newStage(t, nil)
	if out, _ := s.run(""); strings.Contains(out, "judges of mail") {
		t.Errorf("the tests ask for what judges mail:\n%s", out)
	}
	out, code := s.run("all", "judge")
	if code != 1 {
		t.Errorf("exit %d without the judges", code)
	}
	for _, name := range []string{"node", "npm", "chromium", "spamassassin", "neomutt", "lynx", "w3m", "tmux", "ip", "unshare"} {
		if !strings.Contains(out, "there is no "+name+" here") {
			t.Errorf("%s is not missed:\n%s", name, out)
		}
	}
}
