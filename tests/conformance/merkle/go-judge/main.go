// Judges a proof with the code of the Go checksum database: golang.org/x/mod/sumdb/{note,tlog}.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	LogKey        string   `json:"logKey"`
	Checkpoint    string   `json:"checkpoint"`
	Commitment    string   `json:"commitment"`
	LeafIndex     int64    `json:"leafIndex"`
	Hashes        []string `json:"hashes"`
	OldCheckpoint string   `json:"oldCheckpoint"`
	Consistency   []string `json:"consistency"`
}

func main() {
	var q question
	check(json.NewDecoder(os.Stdin).Decode(&q))
	verifier, err := note.NewVerifier(q.LogKey)
	check(err)
	size, root := open(q.Checkpoint, verifier)
	oldSize, oldRoot := open(q.OldCheckpoint, verifier)
	commitment, err := base64.StdEncoding.DecodeString(q.Commitment)
	check(err)
	check(tlog.CheckRecord(hashes(q.Hashes), size, root, q.LeafIndex, tlog.RecordHash(commitment)))
	check(tlog.CheckTree(tlog.TreeProof(hashes(q.Consistency)), size, root, oldSize, oldRoot))
	fmt.Println("accepted", oldSize, size)
}

func open(text string, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return size, root
}

func hashes(texts []string) tlog.RecordProof {
	var list tlog.RecordProof
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		check(err)
		list = append(list, hash)
	}
	return list
}

func check(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}
