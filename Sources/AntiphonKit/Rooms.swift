// What a Swift program needs to configure, train and evaluate, and to read what runs leave. The names are
// those of the rooms: docs/architecture.md says what each of them is about.
@_exported import Configuration
@_exported import Coordinator
@_exported import Datasets
@_exported import Exchange
@_exported import MLA
@_exported import Methods
@_exported import Networks
@_exported import Prediction
@_exported import Reports
@_exported import Runs
@_exported import Storage
