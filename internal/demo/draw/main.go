// Draw draws the pictures of the demo's newspaper: flat harbour scenes from one
// small palette. It draws the same bytes each time, on machines of one kind:
// some processors round a sum of products once and some twice.
//
//	go generate ./internal/demo
//
// Each scene is a function in a file of its own kind; canvas.go is the brush.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// scenes by file name.
var scenes = []struct {
	name string
	draw func(*canvas)
}{
	{"ferry", ferry},
	{"cranes", cranes},
	{"lighthouse", lighthouse},
	{"market", market},
	{"tidegauge", tidegauge},
	{"library", library},
	{"marsh", marsh},
	{"bridge", bridge},
	{"wall", wall},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: draw DIR")
		os.Exit(2)
	}
	for _, s := range scenes {
		data, err := picture(s.draw)
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[1], s.name+".png"), data, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "draw:", err)
			os.Exit(1)
		}
	}
}

// picture is a scene as a file.
func picture(draw func(*canvas)) ([]byte, error) {
	var out bytes.Buffer
	c := newCanvas()
	draw(c)
	err := c.encode(&out)
	return out.Bytes(), err
}
