namespace Arauto.Protocol.Codecs;

/// <summary>How a field stood in a frame.</summary>
internal enum FieldState : byte
{
    /// <summary>Not there, or there as <c>null</c>.</summary>
    Absent,

    /// <summary>There, with a value of the right type.</summary>
    Present,

    /// <summary>There, with a value of another type.</summary>
    Mistyped,

    /// <summary>A text so long that it was not read.</summary>
    TooLong,

    /// <summary>A text that is not Unicode, such as half of a surrogate pair.</summary>
    NotUnicode,
}
