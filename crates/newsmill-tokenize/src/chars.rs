//! What a character outside ASCII is to the tokenizer.

use newsmill_core::layers::{TokenFlags, TokenKind};

/// Class of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Letter, digit or mark of a script that writes spaces; soft hyphen and joiners.
    Word,
    /// White space, and the zero-width space and byte order mark that are in no token.
    Space,
    /// White space that ends a line.
    Newline,
    /// A token of its own, of this kind.
    Mark(TokenKind),
    /// A quotation mark: kind by its shape alone, and whether it is a single one.
    Quote(TokenKind, bool),
    /// `’` and its relatives: apostrophe or closing mark.
    Apostrophe,
    /// Letter of a script without spaces that is a token alone (Han, Hiragana).
    Ideograph,
    /// Letter of a script without spaces whose runs are tokens (Katakana, Hangul is a word, Thai, Lao, Khmer …).
    Run,
    /// Continues the symbol before it: variation selectors, skin tones.
    Extend,
}

/// Class of a non-ASCII character.
pub fn class_of(c: char) -> Class {
    match c {
        '\u{80}'..='\u{FF}' => latin1(c),
        '\u{2000}'..='\u{206F}' => general_punctuation(c),
        '\u{2070}'..='\u{209F}' => Class::Word,
        '\u{20A0}'..='\u{20CF}'
        | '\u{2190}'..='\u{245F}'
        | '\u{249C}'..='\u{24E9}'
        | '\u{2500}'..='\u{2BFF}' => Class::Mark(TokenKind::Symbol),
        '\u{2100}'..='\u{214F}' => {
            if c.is_alphabetic() {
                Class::Word
            } else {
                Class::Mark(TokenKind::Symbol)
            }
        }
        '\u{3000}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' => kana(c),
        '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' => Class::Ideograph,
        '\u{E00}'..='\u{E7F}' | '\u{E80}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => {
            match c {
                'ฯ' | '๏' | '๚' | '๛' | '\u{104C}'..='\u{104F}' | '\u{17D6}'..='\u{17DA}' => {
                    Class::Mark(TokenKind::Punctuation)
                }
                '\u{104A}' | '\u{104B}' | '\u{17D4}' | '\u{17D5}' => Class::Mark(TokenKind::Stop),
                '฿' | '៛' => Class::Mark(TokenKind::Symbol),
                _ => Class::Run,
            }
        }
        '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}' => Class::Extend,
        '\u{FE10}'..='\u{FE6F}' | '\u{FF00}'..='\u{FFEF}' => forms(c),
        '\u{FEFF}' => Class::Space,
        '\u{FFFD}' => Class::Mark(TokenKind::Symbol),
        '\u{1680}' => Class::Space,
        '\u{1F000}'..='\u{1FAFF}' => Class::Mark(TokenKind::Symbol),
        _ => other(c),
    }
}

fn latin1(c: char) -> Class {
    match c {
        '\u{85}' => Class::Newline,
        '\u{A0}' => Class::Space,
        'ª' | 'º' | 'µ' | '²' | '³' | '¹' | '¼' | '½' | '¾' | '\u{AD}' | '·' => Class::Word,
        '«' => Class::Quote(TokenKind::OpenQuote, false),
        '»' => Class::Quote(TokenKind::CloseQuote, false),
        '´' => Class::Apostrophe,
        '¡' | '¿' => Class::Mark(TokenKind::Punctuation),
        '\u{80}'..='\u{BF}' | '×' | '÷' => Class::Mark(TokenKind::Symbol),
        _ => Class::Word,
    }
}

fn general_punctuation(c: char) -> Class {
    match c {
        '\u{2028}' | '\u{2029}' => Class::Newline,
        '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{205F}' => Class::Space,
        // Joiners and direction marks stay inside the word that they stand in.
        '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => Class::Word,
        '‐' | '‑' => Class::Mark(TokenKind::Hyphen),
        '‒'..='―' => Class::Mark(TokenKind::Dash),
        '‘' | '‚' => Class::Quote(TokenKind::OpenQuote, true),
        '’' | '‛' => Class::Apostrophe,
        '“' | '„' => Class::Quote(TokenKind::OpenQuote, false),
        '”' | '‟' => Class::Quote(TokenKind::CloseQuote, false),
        '‹' => Class::Quote(TokenKind::OpenQuote, true),
        '›' => Class::Quote(TokenKind::CloseQuote, true),
        '…' | '‼' | '⁇' | '⁈' | '⁉' => Class::Mark(TokenKind::Stop),
        '•' | '‣' | '⁃' => Class::Mark(TokenKind::Symbol),
        '‰' | '‱' | '⁒' => Class::Mark(TokenKind::Symbol),
        _ => Class::Mark(TokenKind::Punctuation),
    }
}

fn kana(c: char) -> Class {
    match c {
        '\u{3000}' => Class::Space,
        '。' => Class::Mark(TokenKind::Stop),
        '「' => Class::Quote(TokenKind::OpenQuote, true),
        '」' => Class::Quote(TokenKind::CloseQuote, true),
        '『' | '〝' => Class::Quote(TokenKind::OpenQuote, false),
        '』' | '〞' | '〟' => Class::Quote(TokenKind::CloseQuote, false),
        '々' | '〆' | '〇' | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{309F}' => Class::Ideograph,
        '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' => Class::Run,
        '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303D}' | '\u{30A0}' | '・' => {
            Class::Mark(TokenKind::Punctuation)
        }
        _ => Class::Ideograph,
    }
}

/// Small, vertical, full-width and half-width forms.
fn forms(c: char) -> Class {
    match c {
        '！' | '．' | '？' | '｡' | '︒' | '︕' | '︖' | '﹒' | '﹖' | '﹗' => {
            Class::Mark(TokenKind::Stop)
        }
        '＂' => Class::Quote(TokenKind::Quote, false),
        '＇' => Class::Apostrophe,
        '｢' => Class::Quote(TokenKind::OpenQuote, true),
        '｣' => Class::Quote(TokenKind::CloseQuote, true),
        '－' | '﹣' => Class::Mark(TokenKind::Hyphen),
        '\u{FE20}'..='\u{FE2F}' => Class::Word,
        '＄' | '％' | '＋' | '＜' | '＝' | '＞' | '￠'..='￦' => Class::Mark(TokenKind::Symbol),
        'ｦ'..='ﾟ' => Class::Run,
        _ if c.is_alphanumeric() => Class::Word,
        _ => Class::Mark(TokenKind::Punctuation),
    }
}

fn other(c: char) -> Class {
    match c {
        '։' | '؟' | '۔' | '।' | '॥' | '።' | '፧' | '፨' | '܀'..='܂' | '᠃' | '᠉' => {
            Class::Mark(TokenKind::Stop)
        }
        '՚'..='՟'
        | '֊'
        | '־'
        | '׀'
        | '׃'
        | '׆'
        | '،'
        | '؍'
        | '؛'
        | '؞'
        | '٪'..='٭'
        | '፠'..='፦'
        | '·'
        | '\u{37E}' => Class::Mark(TokenKind::Punctuation),
        '\u{F04}'..='\u{F14}' | '\u{F3A}'..='\u{F3D}' | '\u{2CF9}'..='\u{2CFF}' | '\u{2E00}'..='\u{2E5D}' => {
            Class::Mark(TokenKind::Punctuation)
        }
        '\u{FD3E}' | '\u{FD3F}' | '\u{3200}'..='\u{33FF}' => Class::Mark(TokenKind::Symbol),
        _ => Class::Word,
    }
}

/// Kind of a token by its first character, for tokens that no rule has marked.
pub fn kind_of(c: char) -> TokenFlags {
    match class_of(c) {
        Class::Mark(kind) => TokenFlags::of(kind),
        Class::Quote(kind, single) => quote(kind, single),
        Class::Apostrophe => quote(TokenKind::CloseQuote, true),
        Class::Ideograph | Class::Run => TokenFlags::of(TokenKind::Ideograph),
        Class::Extend => TokenFlags::of(TokenKind::Symbol),
        Class::Word | Class::Space | Class::Newline => TokenFlags::of(TokenKind::Word),
    }
}

/// Flags of a quotation mark.
pub fn quote(kind: TokenKind, single: bool) -> TokenFlags {
    let flags = TokenFlags::of(kind);
    if single { flags.with(TokenFlags::SINGLE) } else { flags }
}

/// Whether the character is a picture that people put after sentences.
pub fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}' | '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B50}')
}

/// Whether the character opens an item of a list.
pub fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '‣' | '▪' | '▫' | '◦' | '●' | '○' | '■' | '⁃' | '►')
}
