import Datasets

/// The keys of `text`.
enum TextSchema {
  static let meaning =
    "Texts in a column of a CSV file, or in files of their own, turned into token numbers: 0 is padding. "
    + "Words and characters are those of the training files, and 1 is every unknown one; word pieces are "
    + "the lines of `vocabulary_file`. [data-texts.md](data-texts.md) says more."

  static let section = Section<TextOptions>(
    fields: [
      Field(
        "train", \.train, .paths(1...64), isRequired: true,
        "CSV files with columns `id,label,text`"),
      Field("test", \.test, .paths(0...64), "the same for test samples; `[]`: there are none"),
      Field(
        "files", \.areFiles, .toggle,
        "whether the CSV files have a column `path` in place of `text`, and each text is a file"),
      Field(
        "encoding", \.encoding, .choice,
        "how texts are written: the CSV files, or with `files` the text files; `utf8_or_gb18030` takes "
          + "each file as UTF-8 where it is that, else as GB 18030 (GBK)"),
      Field("tokens", \.tokens, .choice, "what gets a number"),
      Field(
        "vocabulary_file", \.vocabularyFile, Codec<String>.path.orNull,
        "`wordpiece`: the `vocab.txt` of the pretrained model, one token a line"),
      Field(
        "special_tokens", \.addsSpecialTokens, .toggle,
        "`wordpiece`: whether `[CLS]` and `[SEP]` stand around each text, and count for `length`"),
      Field(
        "length", \.length, .count(to: 65_536),
        "the number of tokens that a text is cut or padded to"),
      Field(
        "vocabulary", \.vocabulary, .whole(3...16_000_000),
        "`words`, `characters`: the largest number of different tokens, padding and the unknown one "
          + "included"),
      Field(
        "minimum_count", \.minimumCount, .count(to: 1_000_000),
        "`words`, `characters`: those that are rarer in the training files are unknown"),
      Field(
        "ignore_case", \.ignoresCase, .toggle,
        "whether upper and lower case are the same; with `wordpiece` accents are dropped, too, as an "
          + "uncased model expects it"),
      Field(
        "empty", \.empty, .choice,
        "whether a text without a token is a sample like others, or missing: the sample then lacks this "
          + "modality"),
    ],
    check: { options, node, _ in
      let isWordPiece = options.tokens == .wordpiece
      guard isWordPiece == (options.vocabularyFile != nil) else {
        throw (node["vocabulary_file"] ?? node["tokens"] ?? node).error(
          isWordPiece
            ? "found no vocabulary_file beside tokens: wordpiece, expected the path of a vocab.txt"
            : "found a vocabulary_file beside tokens: \(options.tokens.rawValue), which makes its own "
              + "vocabulary; set tokens: wordpiece")
      }
      guard !isWordPiece || !options.addsSpecialTokens || options.length > 2 else {
        throw (node["length"] ?? node).error(
          "found \(options.length), expected at least 3, because two are [CLS] and [SEP]")
      }
    })
}
