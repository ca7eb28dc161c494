// Verify with golang.org/x/mod/sumdb what Python wrote: notes, paths, proofs and tiles, good and bad.
//
// Reads one JSON object from standard input and answers one: how many of each kind were accepted.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type signed struct {
	Vkeys []string
	Note  string
}

type inclusion struct {
	Index, Size      int64
	Leaf, Root       string
	Path             []string
}

type consistency struct {
	First, Second        int64
	FirstRoot, SecondRoot string
	Path                 []string
}

type question struct {
	Notes        []signed
	Inclusions   []inclusion
	Consistences []consistency
	Paths        []string
	Size         int64
	Root         string
	Tiles        map[string]string
}

type answer struct {
	Notes, Inclusions, Consistences, FromTiles, GrownFromTiles int
	Rebuilt                                                    string
	Paths                                                      []string
}

func hash(text string) tlog.Hash {
	var made tlog.Hash
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) != tlog.HashSize {
		return tlog.Hash{1, 2, 3}
	}
	copy(made[:], data)
	return made
}

func hashes(texts []string) []tlog.Hash {
	made := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		made[i] = hash(text)
	}
	return made
}

func opens(one signed) bool {
	var known []note.Verifier
	for _, vkey := range one.Vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return false
		}
		known = append(known, verifier)
	}
	opened, err := note.Open([]byte(one.Note), note.VerifierList(known...))
	return err == nil && len(opened.Sigs) == len(known)
}

// reader answers tiles of our own files; Go names the height in its paths, C2SP does not.
type reader map[string]string

func (r reader) Height() int { return 8 }

func (r reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		text, ok := r[c2sp(tile)]
		if !ok {
			return nil, fmt.Errorf("no tile %s", c2sp(tile))
		}
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func c2sp(tile tlog.Tile) string { return "tile/" + tile.Path()[len("tile/8/"):] }

func fromTiles(asked question, given *answer) {
	tree := tlog.Tree{N: asked.Size, Hash: hash(asked.Root)}
	read := tlog.TileHashReader(tree, reader(asked.Tiles))
	root, err := tlog.TreeHash(asked.Size, read)
	if err == nil {
		given.Rebuilt = base64.StdEncoding.EncodeToString(root[:])
	}
	for index := int64(0); index < asked.Size; index++ {
		proof, err := tlog.ProveRecord(asked.Size, index, read)
		leaf, err2 := read.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err == nil && err2 == nil && tlog.CheckRecord(proof, asked.Size, tree.Hash, index, leaf[0]) == nil {
			given.FromTiles++
		}
		old, err := tlog.TreeHash(index+1, read)
		grown, err2 := tlog.ProveTree(asked.Size, index+1, read)
		if err == nil && err2 == nil && tlog.CheckTree(grown, asked.Size, tree.Hash, index+1, old) == nil {
			given.GrownFromTiles++
		}
	}
}

func main() {
	var asked question
	var given answer
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	for _, one := range asked.Notes {
		if opens(one) {
			given.Notes++
		}
	}
	for _, one := range asked.Inclusions {
		if tlog.CheckRecord(hashes(one.Path), one.Size, hash(one.Root), one.Index, hash(one.Leaf)) == nil {
			given.Inclusions++
		}
	}
	for _, one := range asked.Consistences {
		if tlog.CheckTree(hashes(one.Path), one.Second, hash(one.SecondRoot), one.First, hash(one.FirstRoot)) == nil {
			given.Consistences++
		}
	}
	for _, path := range asked.Paths {
		if tile, err := tlog.ParseTilePath("tile/8/" + path[len("tile/"):]); err == nil {
			given.Paths = append(given.Paths, c2sp(tile))
		}
	}
	if asked.Size > 0 {
		fromTiles(asked, &given)
	}
	json.NewEncoder(os.Stdout).Encode(given)
}
