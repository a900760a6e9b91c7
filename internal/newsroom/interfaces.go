package newsroom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// answersOfSource is how many pages of an interface a fetch reads: 200 posts.
const answersOfSource = 4

// askedFor is a source, or what completes one, as it is asked for.
type askedFor struct {
	url    string
	secret bool
	kind   config.SourceType
}

// kindsOf are what each type of source may turn out to give.
var kindsOf = map[config.SourceType][]feed.Kind{
	config.TypeFeed:      {feed.Syndicated},
	config.TypeWordPress: {feed.WordPress},
	config.TypeGhost:     {feed.Ghost},
	config.TypeSitemap:   {feed.Sitemap, feed.SitemapOf},
}

// otherThan says that an address gives something else than its type says, or than it gave before.
func otherThan(wanted, is feed.Kind) error {
	return fmt.Errorf("it gives %s, not %s", wordFor(is), wordFor(wanted))
}

// readOn reads what the first answer of an interface is only the beginning of: the next
// pages of posts, as far back as an edition may look, and the parts of an index.
func (n *Newsroom) readOn(ctx context.Context, a askedFor, got *reading) error {
	if kinds := kindsOf[a.kind]; len(kinds) > 0 && !slices.Contains(kinds, got.is) {
		return otherThan(kinds[0], got.is)
	}
	switch got.is {
	case feed.WordPress:
		n.readPages(ctx, a, "per_page", 10, got)
	case feed.Ghost:
		n.readPages(ctx, a, "limit", 15, got)
	case feed.SitemapOf:
		return n.readParts(ctx, a, got)
	case feed.Sitemap:
		got.onlyNews()
	}
	return nil
}

func wordFor(k feed.Kind) string {
	if k == feed.Syndicated {
		return "a feed"
	}
	return map[feed.Kind]string{feed.WordPress: "WordPress's posts", feed.Ghost: "Ghost's posts", feed.Sitemap: "a sitemap", feed.SitemapOf: "an index of sitemaps"}[k]
}

// readPages reads pages of posts. One that cannot be read ends it: what came before stands.
func (n *Newsroom) readPages(ctx context.Context, a askedFor, size string, usual int, got *reading) {
	u, err := url.Parse(a.url)
	if err != nil {
		return
	}
	q := u.Query()
	full, err := strconv.Atoi(q.Get(size))
	if err != nil {
		full = usual
	}
	read := got.read
	for number := 2; number <= answersOfSource && full > 0 && read >= full && !reachesBack(got.stories, n.Clock().Add(-digest.Reserve)); number++ {
		q.Set("page", strconv.Itoa(number))
		u.RawQuery = q.Encode()
		r, err := n.client.Get(ctx, fetch.Request{URL: u.String(), Secret: a.secret})
		var refused *fetch.Error
		if errors.As(err, &refused) && refused.Status == 400 {
			return // QUIRK: WordPress says so where there is no such page
		}
		next, err := n.parseAnswer(ctx, r, err)
		if err == nil && next.is != got.is {
			err = otherThan(got.is, next.is)
		}
		if err != nil {
			got.warnings = append(got.warnings, fmt.Sprintf("page %d of its posts cannot be read: %s", number, sourceWords(err)))
			return
		}
		read = next.read
		got.stories = append(got.stories, next.stories...)
		got.size += next.size
	}
}

// reachesBack tells whether one of the stories is older than an instant.
func reachesBack(stories []digest.Story, since time.Time) bool {
	return slices.ContainsFunc(stories, func(s digest.Story) bool { return !s.Published.IsZero() && s.Published.Before(since) })
}

// readParts reads the sitemaps of an index. One that cannot be read costs its own pages.
func (n *Newsroom) readParts(ctx context.Context, a askedFor, got *reading) error {
	var failure error
	read := 0
	for _, part := range got.parts {
		if len(got.stories) >= storiesLimit {
			break
		}
		r, err := n.client.Get(ctx, fetch.Request{URL: part, Secret: a.secret})
		one, err := n.parseAnswer(ctx, r, err)
		if err == nil && one.is != feed.Sitemap {
			err = otherThan(feed.Sitemap, one.is)
		}
		if err != nil {
			failure = err
			got.warnings = append(got.warnings, fmt.Sprintf("%s cannot be read: %s", fetch.Shown(part, a.secret), sourceWords(err)))
			continue
		}
		read++
		got.stories = append(got.stories, one.stories...)
		got.warnings = append(got.warnings, one.warnings...)
		got.size += one.size
	}
	if read == 0 && failure != nil {
		return failure
	}
	got.is = feed.Sitemap
	got.partly = true // the index may stay the same while its parts change
	got.onlyNews()
	return nil
}

// onlyNews leaves out the pages of a sitemap that are no news: of these nothing says what
// they are.
func (got *reading) onlyNews() {
	if got.completes {
		return
	}
	pages := len(got.stories)
	var news []digest.Story
	for _, s := range got.stories {
		if s.Title != "" {
			news = append(news, s)
		}
	}
	if got.stories = news; len(news) == 0 && pages > 0 {
		got.warnings = append(got.warnings, fmt.Sprintf("no page in the sitemap, of %s, is marked as news (news:title)", figures.Of(pages)))
	}
}

// complete fills in what a source leaves out of its stories from where its configuration
// says. What cannot be read costs only that, and the source is read whole next time.
func (n *Newsroom) complete(ctx context.Context, source config.Source, got *reading) {
	for _, other := range source.CompleteFrom {
		a := askedFor{other.URL, other.Secret, other.Type}
		r, err := n.client.Get(ctx, fetch.Request{URL: a.url, Secret: a.secret})
		more, err := n.parseAnswer(ctx, r, err)
		more.completes = true
		if err == nil {
			err = n.readOn(ctx, a, &more)
		}
		if err != nil {
			got.partly = true
			got.warnings = append(got.warnings, fmt.Sprintf("it is not completed from %s: %s", fetch.Shown(a.url, a.secret), sourceWords(err)))
			continue
		}
		got.completeWith(source, more)
	}
}

// completeWith fills in what stories lack from those that share a key with them.
func (got *reading) completeWith(source config.Source, more reading) {
	byKey := map[string]digest.Story{}
	for _, s := range more.stories {
		for _, key := range keysOf(source, s) {
			byKey[key] = s
		}
	}
	for i, s := range got.stories {
		for _, key := range keysOf(source, s) {
			if o, there := byKey[key]; there {
				got.stories[i] = digest.Complete(s, o, placeName(more.is))
				break
			}
		}
	}
}

func keysOf(source config.Source, s digest.Story) []string {
	s.Source = source.Name
	return digest.Keys(s)
}

// placeName is how a story says where something was found.
func placeName(k feed.Kind) string {
	return map[feed.Kind]string{feed.WordPress: "WordPress", feed.Ghost: "Ghost", feed.Sitemap: "the sitemap"}[k]
}

// ofType adds to what a server refuses what that means for a source of its type, and what
// to do.
func ofType(kind config.SourceType, err error) error {
	var refused *fetch.Error
	if !errors.As(err, &refused) || refused.Kind != fetch.Status {
		return err
	}
	said := *refused
	switch {
	case kind == config.TypeWordPress && (refused.Gone() || refused.Status == 401 || refused.Status == 403):
		said.Words += "; is it WordPress, and is its REST interface open? Its feed may do: the same address with /feed/"
	case kind == config.TypeGhost && (refused.Status == 401 || refused.Status == 403):
		said.Words += `; Ghost refuses the key: give "key:" the Content API key of a custom integration`
	case kind == config.TypeGhost && refused.Gone():
		said.Words += "; is it Ghost? Its feed may do: the same address with /rss/"
	case refused.Status == 401:
		said.Words += `; give it a url with a login that the server takes, as "env:" or "file:"`
	case refused.Status == 403:
		said.Words += "; ask whoever runs it to let us in"
	case refused.Status == 404:
		said.Words += "; mend its url"
	default:
		return err
	}
	return &said
}
