namespace Arauto.Limits;

/// <summary>What becomes of one connection more.</summary>
internal enum RaiseResult
{
    /// <summary>It is within the limit; also if that cannot be known now.</summary>
    Within,

    /// <summary>It is above.</summary>
    Above,

    /// <summary>It was above with connections that are no more and are not counted now: to be tried again.</summary>
    Again,
}
