package newsroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
)

// Faulty says that an edition does not go out, since its mail has errors.
type Faulty struct {
	Edition  string
	Held     bool     // it was about to go out
	Variants []Linted // with their errors alone
}

// Error says what is wrong, and how to go on.
func (f *Faulty) Error() string {
	var b strings.Builder
	is := "is not approved"
	if f.Held {
		is = "is not sent"
	}
	fmt.Fprintf(&b, "%s %s: its mail has errors.\n", f.Edition, is)
	for _, l := range f.lines() {
		fmt.Fprintf(&b, "  - %s\n", l)
	}
	if f.Held {
		b.WriteString("It is held. ")
	}
	b.WriteString("To go on:\n")
	for _, way := range f.ways() {
		fmt.Fprintf(&b, "  %s\n", way)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// mostFaults is how many errors a message names; lint shows all.
const mostFaults = 8

// lines are the errors, one a line. What several variants have alike stands once.
func (f *Faulty) lines() []string {
	var all []string
	in := map[string][]string{}
	for _, v := range f.Variants {
		for _, x := range v.Findings {
			line := fmt.Sprintf("%s: %s (%s)", x.Where, x.What, x.Rule)
			if in[line] == nil {
				all = append(all, line)
			}
			in[line] = append(in[line], v.Variant)
		}
	}
	for i, line := range all {
		if names := slices.DeleteFunc(in[line], func(s string) bool { return s == "" }); len(names) > 0 {
			all[i] = strings.Join(slices.Compact(names), ", ") + ", " + line
		}
	}
	if more := len(all) - mostFaults; more > 0 {
		all = append(all[:mostFaults], fmt.Sprintf("and %d more", more))
	}
	return all
}

// ways are the commands for each way on.
func (f *Faulty) ways() []string {
	return []string{
		fmt.Sprintf("broadsheet lint %s    # all of it, and what mends it; then approve", f.Edition),
		fmt.Sprintf("broadsheet approve %s --force --reason \"why\"    # let it go out as it is", f.Edition),
	}
}

// key names an error, so that one that was let pass is known again.
func faultKey(variant string, f lint.Finding) string {
	return strings.Join([]string{variant, f.Rule, f.Where, f.What}, "|")
}

// forcedKey is where the store keeps what errors of a revision were let pass.
func forcedKey(e *Edition) string { return fmt.Sprintf("lint forced/%d#%d", e.ID, e.Revision.Number) }

// unforced are the errors of an edition that nobody has let pass.
func (n *Newsroom) unforced(ctx context.Context, e *Edition, r LintReport) ([]Linted, error) {
	var passed []string
	if _, err := n.recall(ctx, forcedKey(e), &passed); err != nil {
		return nil, err
	}
	var left []Linted
	for _, v := range r.errors() {
		v.Findings = slices.DeleteFunc(v.Findings, func(f lint.Finding) bool { return slices.Contains(passed, faultKey(v.Variant, f)) })
		if len(v.Findings) > 0 {
			left = append(left, v)
		}
	}
	return left, nil
}

// force lets the errors of a revision pass, and writes into the edition's log who said
// so, and why.
func (n *Newsroom) force(ctx context.Context, e *Edition, r LintReport, reason string) error {
	var keys, rules []string
	for _, v := range r.errors() {
		for _, f := range v.Findings {
			keys, rules = append(keys, faultKey(v.Variant, f)), append(rules, f.Rule)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(rules)
	detail := fmt.Sprintf("past %d errors of lint (%s): %s", len(keys), strings.Join(slices.Compact(rules), ", "), reason)
	if err := n.Store.Log(ctx, e.ID, store.Entry{At: n.Clock(), Who: n.Who, What: "forced", Detail: detail}); err != nil {
		return err
	}
	if err := n.remember(ctx, forcedKey(e), keys); err != nil {
		return err
	}
	// The recheck need not ask about them once more.
	return n.knowTaken(ctx, e, deadStories(r))
}

// stopFaulty stops an edition whose mail has errors that nobody has let pass: its error
// is a [*Faulty] then. Force is a reason to let them pass.
func (n *Newsroom) stopFaulty(ctx context.Context, e *Edition, mails []sampleMail, force string) error {
	r, err := n.lint(ctx, &e.Printed, mails, false)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if force != "" {
		return n.force(ctx, e, r, force)
	}
	left, err := n.unforced(ctx, e, r)
	if err != nil || len(left) == 0 {
		return err
	}
	faulty := &Faulty{Edition: e.Ref(), Held: true, Variants: left}
	n.Log.Warn("the mail has errors: the edition is held", "edition", e.Ref(), "errors", faulty.lines())
	sum := sha256.Sum256([]byte(strings.Join(faulty.lines(), "\n")))
	err = n.tellOnce(ctx, e.Letter, e.Edition, e.Ref()+" is held: its mail has errors",
		func() (string, error) { return faultyBody(faulty), nil },
		fmt.Sprintf("faulty/%d#%d/%d/%s", e.ID, e.Revision.Number, e.Stored.Approved.At.UnixMicro(), hex.EncodeToString(sum[:4])))
	if err != nil {
		return err
	}
	if err := n.hold(ctx, e, "lint found errors in its mail"); err != nil {
		return err
	}
	held := n.refreshed(ctx, e.Edition)
	return errors.Join(faulty, n.wasTold(ctx, e.Letter, held, "", heldWord(held)))
}

func faultyBody(f *Faulty) string {
	var b strings.Builder
	b.WriteString("It has not been sent. Its mail has errors:\n\n")
	for _, l := range f.lines() {
		fmt.Fprintf(&b, "- %s\n", inert(l))
	}
	b.WriteString("\nOne of these goes on:\n\n")
	for _, way := range f.ways() {
		command, what, _ := strings.Cut(way, "    # ")
		fmt.Fprintf(&b, "- `%s`: %s\n", command, what)
	}
	return b.String()
}

// announceLint says what is wrong with an edition that is to be approved, its links
// included.
func (n *Newsroom) announceLint(ctx context.Context, e *Edition, a *Announcement) error {
	mails, err := n.sampleMails(ctx, &e.Printed)
	if err != nil {
		return err
	}
	r, err := n.lint(ctx, &e.Printed, mails, false)
	if err != nil {
		return err
	}
	for _, v := range r.Variants {
		if len(v.Findings) > 0 {
			a.Lint = append(a.Lint, v)
		}
	}
	left, err := n.unforced(ctx, e, r)
	if len(left) > 0 {
		a.faulty = &Faulty{Edition: e.Ref(), Variants: left}
	}
	return err
}

// lintBefore looks at an edition that is to be approved. Without a reason to let them
// pass, its error is a [*Faulty] where the mail has errors. Links are asked for where
// somebody lets them pass: so he does those, too.
func (n *Newsroom) lintBefore(ctx context.Context, e *Edition, force string) error {
	mails, err := n.sampleMails(ctx, &e.Printed)
	if err != nil {
		return err
	}
	r, err := n.lint(ctx, &e.Printed, mails, force == "")
	switch {
	case err != nil:
		return err
	case force != "":
		return n.force(ctx, e, r, force)
	}
	left, err := n.unforced(ctx, e, r)
	if err == nil && len(left) > 0 {
		err = &Faulty{Edition: e.Ref(), Variants: left}
	}
	return err
}
