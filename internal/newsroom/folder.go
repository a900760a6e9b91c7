package newsroom

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Limits on a folder of stories.
const (
	folderFiles = 20_000 // files and folders that are looked at
	folderDepth = 16     // folders within one another
	storyLimit  = 1 << 20
)

// errEnough ends a walk.
var errEnough = errors.New("enough")

// readFolder reads the Markdown stories of a folder and of those in it. A story that is
// wrong costs only itself. Its days are those of the newsletter's zone, its relative links
// of the site. Links in the file system are not followed out of the folder, and folders
// behind links not at all.
func readFolder(source config.Source, zone *time.Location, site *url.URL) (reading, error) {
	root, err := os.OpenRoot(source.Folder)
	if err != nil {
		return reading{}, noFolder(source.Folder, err)
	}
	defer root.Close()
	var got reading
	warn := func(format string, args ...any) { got.warnings = append(got.warnings, fmt.Sprintf(format, args...)) }
	seen := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch seen++; {
		case err != nil:
			warn("%s: %s", name, Plain(err))
			return nil
		case seen > folderFiles:
			warn("only the first %s files and folders were looked at", figures.Of(folderFiles))
			return errEnough
		case d.IsDir():
			if name != "." && apart(d.Name()) {
				return fs.SkipDir
			}
			if strings.Count(name, "/") >= folderDepth {
				warn("%s lies deeper than %d folders and was not read", name, folderDepth)
				return fs.SkipDir
			}
			return nil
		case !isMarkdown(name):
			return nil
		case len(got.stories) == storiesLimit:
			warn("only the first %s stories were read", figures.Of(storiesLimit))
			return errEnough
		}
		story, size, err := readStory(source.Folder, name, zone)
		switch {
		case err == nil:
			got.size += size
			got.stories = append(got.stories, atHome(root, source, site, name, story))
		case !errors.Is(err, feed.ErrDraft) && !errors.Is(err, feed.ErrNoStory):
			warn("%s", Plain(err))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return reading{}, err
	}
	// Of a folder without a story, a disk that is not there may be the reason.
	got.whole = len(got.stories) > 0 && len(got.warnings) == 0
	return got, nil
}

// noFolder says why a folder of stories cannot be looked into, and what to do.
func noFolder(folder string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s: make it, or mend the source's \"folder:\" in %s", folder, ConfigFile)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is a file, and \"folder:\" names a folder of stories: a feed's file is named by \"file:\" in %s", folder, ConfigFile)
	}
	return err
}

// readStory reads one file of a folder. Errors: as of feed.ParseMarkdown, or the file's.
func readStory(folder, name string, zone *time.Location) (s digest.Story, size int64, err error) {
	data, err := readInFolder(folder, filepath.FromSlash(name), storyLimit)
	if err != nil {
		return s, 0, err
	}
	s, err = feed.ParseMarkdown(name, data, zone)
	return s, int64(len(data)), err
}

// apart tells of folders beside stories: those that are hidden, and what Jekyll and Hugo
// keep for themselves, drafts among it.
func apart(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") && name != "_posts" || name == "node_modules"
}

func isMarkdown(name string) bool {
	base := strings.ToLower(path.Base(name))
	ending := path.Ext(base)
	return (ending == ".md" || ending == ".markdown") && !strings.HasPrefix(base, ".") && base != "_index.md"
}

// atHome makes the story's link absolute, and marks a picture that lies in the source's
// folder, so that it is read from there: see pictures.go. A relative path is one from the
// story's file, or, as sites have it, from the top or from what they publish as it is.
func atHome(root *os.Root, source config.Source, site *url.URL, file string, s digest.Story) digest.Story {
	if link, err := url.Parse(s.URL); err == nil && s.URL != "" && !link.IsAbs() {
		s.URL = site.ResolveReference(link).String()
	}
	if s.Image == nil || strings.Contains(s.Image.URL, "://") {
		return s
	}
	picture := *s.Image
	name, _, _ := strings.Cut(picture.URL, "?")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	place := path.Join(path.Dir(file), name)
	found := false
	for _, at := range []string{place, path.Join(".", name), path.Join("static", name), path.Join("assets", name)} {
		if strings.HasPrefix(name, "/") && at == place {
			continue // from the top
		}
		if info, err := root.Stat(at); err == nil && info.Mode().IsRegular() {
			place, found = at, true
			break
		}
	}
	if link, err := url.Parse(s.URL); !found && strings.HasPrefix(name, "/") && err == nil && s.URL != "" {
		picture.URL = link.ResolveReference(&url.URL{Path: name}).String()
		s.Image = &picture
		return s
	}
	picture.URL = homeScheme + source.Name + "/" + place
	s.Image = &picture
	return s
}
