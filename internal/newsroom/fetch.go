package newsroom

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

const (
	sourcesAtOnce = 8             // sources read at the same time
	fileLimit     = feed.MaxBytes // bytes of a local file
	storiesLimit  = 2000          // stories of one source
)

// SourceReport says how reading one source went.
type SourceReport struct {
	Source    string   `json:"source"`
	Stories   int      `json:"stories"`             // in the source now
	New       int      `json:"new"`                 // not seen before
	Unchanged bool     `json:"unchanged,omitempty"` // the server said so
	Warnings  []string `json:"warnings,omitempty"`
	Error     string   `json:"error,omitempty"` // in words; the source cost its own stories, nothing else
	Seconds   float64  `json:"seconds"`
}

// Fetch reads every source of a newsletter and stores what is new. A source that
// cannot be read is in its report; the error is about the newsletter or the store.
func (n *Newsroom) Fetch(ctx context.Context, newsletter string) ([]SourceReport, error) {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return nil, err
	}
	reports := make([]SourceReport, len(letter.Sources))
	failures := make([]error, len(letter.Sources))
	var running sync.WaitGroup
	places := make(chan struct{}, sourcesAtOnce)
	for i, source := range letter.Sources {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			reports[i], failures[i] = n.fetchSource(ctx, letter, source)
		})
	}
	running.Wait()
	return reports, errors.Join(failures...)
}

// fetchSource reads one source. The error is the store's.
func (n *Newsroom) fetchSource(ctx context.Context, letter *config.Newsletter, source config.Source) (SourceReport, error) {
	state, err := n.Store.SourceState(ctx, letter.Name, source.Name)
	if err != nil {
		return SourceReport{}, err
	}
	report := SourceReport{Source: source.Name}
	now, begun := n.Clock(), time.Now()
	got, failure := n.read(ctx, letter, source, &state)
	took := time.Since(begun)
	state.LastTry, state.Latency, state.Error = now, took, ""
	report.Seconds = took.Seconds()
	switch {
	case failure != nil:
		report.Error = failure.Error()
		state.Error = report.Error
		n.Log.Warn("source failed", "newsletter", letter.Name, "source", source.Name, "error", failure)
	case got.unchanged:
		report.Unchanged, report.Stories = true, state.Items
		state.LastSuccess = now
	default:
		report.Stories, report.Warnings = len(got.stories), got.warnings
		if report.New, err = n.Store.PutStories(ctx, letter.Name, keyed(letter, source, got.stories), now); err != nil {
			return report, fmt.Errorf("store the stories of %s: %w", source.Name, err)
		}
		state.Items, state.NewItems, state.LastSuccess = report.Stories, report.New, now
		if got.whole {
			out, err := n.takeOut(ctx, letter, source, got.stories)
			if err != nil {
				return report, fmt.Errorf("note what was taken out of %s: %w", source.Name, err)
			}
			report.Warnings = append(report.Warnings, out...)
		}
	}
	return report, n.Store.PutSourceState(ctx, state)
}

// reading is what a source had to say.
type reading struct {
	stories   []digest.Story
	warnings  []string
	unchanged bool
	whole     bool // all that the source has, each story sound: what is not among them was taken out
}

func (n *Newsroom) read(ctx context.Context, letter *config.Newsletter, source config.Source, state *store.SourceState) (reading, error) {
	switch {
	case source.Folder != "":
		return readFolder(source, letter.Location)
	case source.File != "":
		data, err := readLimited(source.File)
		if err != nil {
			return reading{}, err
		}
		// A file has no address: its relative links are read against the site's.
		return parseFeed(data, "", n.Config.Site.String()+"/")
	}
	r, err := n.client.Get(ctx, fetch.Request{URL: source.URL, ETag: state.ETag, LastModified: state.LastModified})
	if err != nil {
		return reading{}, err
	}
	state.RedirectedTo = r.PermanentURL
	if r.NotModified {
		return reading{unchanged: true}, nil
	}
	got, err := parseFeed(r.Body, r.ContentType, r.FinalURL)
	if err == nil {
		state.ETag, state.LastModified = r.ETag, r.LastModified
	}
	return got, err
}

func parseFeed(data []byte, contentType, address string) (reading, error) {
	f, err := feed.Parse(data, feed.Options{ContentType: contentType, URL: address, MaxItems: storiesLimit})
	return reading{stories: f.Stories, warnings: f.Warnings}, err
}

// readFolder reads the Markdown stories of a folder. A story that is wrong costs
// only itself. Its days are those of the newsletter's zone.
func readFolder(source config.Source, zone *time.Location) (reading, error) {
	files, err := filepath.Glob(filepath.Join(source.Folder, "*.md"))
	if err != nil {
		return reading{}, err
	}
	if _, err := os.Stat(source.Folder); err != nil {
		return reading{}, err
	}
	var got reading
	for _, file := range files {
		if len(got.stories) == storiesLimit {
			got.warnings = append(got.warnings, fmt.Sprintf("only the first %d stories were read", storiesLimit))
			break
		}
		data, err := readLimited(file)
		if err == nil {
			var story digest.Story
			if story, err = feed.ParseMarkdown(filepath.Base(file), data, zone); err == nil {
				got.stories = append(got.stories, atHome(source, story))
				continue
			}
		}
		if !errors.Is(err, feed.ErrDraft) {
			got.warnings = append(got.warnings, err.Error())
		}
	}
	// Of a folder without a story, a disk that is not there may be the reason.
	got.whole = len(got.stories) > 0 && len(got.warnings) == 0
	return got, nil
}

// takeOut marks the stories that an edition may still want and that a source, of which
// the stories are the whole, has no more. It says once which.
func (n *Newsroom) takeOut(ctx context.Context, letter *config.Newsletter, source config.Source, stories []digest.Story) (out []string, err error) {
	now := n.Clock()
	known, err := n.Store.Stories(ctx, letter.Name, now.Add(-digest.Reserve), time.Time{})
	if err != nil {
		return nil, err
	}
	evergreens, err := n.Store.Evergreens(ctx, letter.Name, mostEvergreens)
	if err != nil {
		return nil, err
	}
	has := newAgain(keyed(letter, source, stories), true)
	for _, s := range append(known, evergreens...) {
		if s.Source != source.Name || s.Gone == digest.Withdrawn || has.story(s) != nil {
			continue
		}
		if err := n.Store.MarkGone(ctx, letter.Name, s.ID, digest.Withdrawn, now); err != nil {
			return nil, err
		}
		if told := fmt.Sprintf("%q was taken out of it, and no draft takes it from now on", s.Title); !slices.Contains(out, told) { // evergreens may be known twice
			out = append(out, told)
		}
	}
	return out, nil
}

// atHome marks a picture that lies beside the story, so that it is read from the
// source's own folder: see pictures.go.
func atHome(source config.Source, s digest.Story) digest.Story {
	if s.Image != nil && !strings.Contains(s.Image.URL, "://") {
		picture := *s.Image
		picture.URL = homeScheme + source.Name + "/" + picture.URL
		s.Image = &picture
	}
	return s
}

func readLimited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("is not a file")}
	}
	if info.Size() > fileLimit {
		return nil, fmt.Errorf("%s is larger than %d MB, which is the most that is read", path, fileLimit>>20)
	}
	return os.ReadFile(path)
}

// keyed fills in what the configuration knows of a source's stories, and names
// each by its keys.
func keyed(letter *config.Newsletter, source config.Source, stories []digest.Story) []store.KeyedStory {
	all := make([]store.KeyedStory, 0, len(stories))
	for _, s := range stories {
		s.Source = source.Name
		if s.Section == "" {
			s.Section = source.Section
		}
		if s.Language == "" {
			s.Language = source.Language
		}
		s.Evergreen = s.Evergreen || source.Evergreen
		if clean, err := digest.CleanURL(s.URL); err == nil {
			s.URL = clean
		} else {
			s.URL = ""
		}
		keys := digest.Keys(s)
		s.ID = digest.Identify(keys)
		all = append(all, store.KeyedStory{Story: s, Keys: keys})
	}
	return all
}
