.PHONY: help build test race lint bench
GOFLAGS ?=

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 10

build: ## build the one binary, without cgo
	CGO_ENABLED=0 go build -trimpath -o solferino ./cmd/solferino

test: ## run all tests
	go test ./...

race: ## run all tests with the race detector
	go test -race ./...

lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

bench: ## measure the engine, the vault, the store and the log
	go test -run '^$$' -bench . -benchmem ./attribution ./proof ./internal/... ./test/load
