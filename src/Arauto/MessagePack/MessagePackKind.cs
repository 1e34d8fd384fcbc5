namespace Arauto.MessagePack;

/// <summary>What a value is.</summary>
internal enum MessagePackKind
{
    /// <summary>Nothing; JavaScript's <c>undefined</c> too.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number within 64 bits with a sign.</summary>
    Integer,

    /// <summary>A whole number above those.</summary>
    Unsigned,

    /// <summary>A floating-point number.</summary>
    Float,

    /// <summary>Text in sound UTF-8.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A point in time.</summary>
    Timestamp,

    /// <summary>The head of an array; its elements follow.</summary>
    Array,

    /// <summary>The head of a map; keys and values follow in turn.</summary>
    Map,
}
