package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// draftMark begins the subject of a test mail.
const draftMark = "[DRAFT] "

// TestReport says what became of a test.
type TestReport struct {
	Edition  string
	Revision int
	Sent     int    // handed over to the relay
	Waiting  int    // in the outbox
	Reason   string // why the first of those waits
}

// Test mails an edition, marked as a draft, to a few people, in one of the forms that
// readers can have ("": the newsletter's own), and remembers which version it was. The links for leaving work for nobody.
func (n *Newsroom) Test(ctx context.Context, name string, to []string, as templates.Variant) (TestReport, error) {
	e, err := n.drafted(ctx, name)
	if err != nil {
		return TestReport{}, err
	}
	addresses, err := parseAll(to)
	if err != nil {
		return TestReport{}, err
	}
	_, hash, err := n.renderAll(ctx, e.Letter, e.Revision)
	if err != nil {
		return TestReport{}, err
	}
	if as == "" {
		as = usual(e.Letter)
	}
	if !slices.Contains(mailed(e.Letter), as) {
		return TestReport{}, fmt.Errorf("%s is not mailed as %q: there are %v", e.Newsletter, as, mailed(e.Letter))
	}
	r, err := n.render(ctx, e.Letter, e.Revision, as, true)
	if err != nil {
		return TestReport{}, err
	}
	r.Subject = draftMark + r.Subject
	now := n.Clock()
	var letters []int64
	for i, address := range addresses {
		msg, err := n.messageTo(e.Letter, e.Revision, r, address.Typed, "", subscribers.NewID(), 0, -now.UnixMicro())
		if err != nil {
			return TestReport{}, err
		}
		dedupe := fmt.Sprintf("test/%s#%d/%d/%d", e.Ref(), e.Revision.Number, now.UnixNano(), i)
		id, err := n.putLetter(ctx, "test", e.Letter.Envelope, address, msg, dedupe)
		if err != nil {
			return TestReport{}, err
		}
		letters = append(letters, id)
	}
	report, err := n.reportTest(ctx, e, letters, n.SendLetters(ctx))
	if err != nil || report.Sent == 0 {
		return report, err
	}
	return report, n.markTested(ctx, e, lastTest{Hash: hash, At: now, Content: e.Revision}, report.Sent)
}

// markTested remembers which version somebody has really been sent.
func (n *Newsroom) markTested(ctx context.Context, e *Edition, t lastTest, to int) error {
	if err := n.remember(ctx, testKey(e), t); err != nil {
		return err
	}
	return n.Store.MarkTested(ctx, e.ID, e.Revision.Number, t.Hash, to, n.Who, t.At)
}

func (n *Newsroom) reportTest(ctx context.Context, e *Edition, letters []int64, sendErr error) (TestReport, error) {
	report := TestReport{Edition: e.Ref(), Revision: e.Revision.Number}
	for _, id := range letters {
		l, err := n.Store.Letter(ctx, id)
		if err != nil {
			return report, errors.Join(sendErr, err)
		}
		if l.State == mailer.Accepted {
			report.Sent++
			continue
		}
		report.Waiting++
		if report.Reason == "" {
			report.Reason = l.Error
		}
	}
	return report, sendErr
}

// parseAll checks addresses. An error names the place of a bad one, not its text.
func parseAll(typed []string) ([]subscribers.Address, error) {
	var all []subscribers.Address
	for i, t := range typed {
		a, err := subscribers.ParseAddress(t)
		if err != nil {
			return nil, fmt.Errorf("address %d of %d: %w", i+1, len(typed), err)
		}
		all = append(all, a)
	}
	return all, nil
}
