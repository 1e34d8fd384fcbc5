using Arauto.Transports.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class PerMessageDeflateTests
{
    private const string Base = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("Permessage-Deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=8")]
    [InlineData("permessage-deflate; client_max_window_bits=\"15\"")]
    [InlineData("permessage-deflate; client_no_context_takeover ; server_no_context_takeover")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate")]
    public void An_offer_that_can_be_satisfied_is_accepted_without_context_takeover(string offer) =>
        Assert.Equal(Base, PerMessageDeflate.Negotiate(offer));

    [Fact]
    public void The_largest_window_of_the_server_is_confirmed() =>
        Assert.Equal(Base + "; server_max_window_bits=15", PerMessageDeflate.Negotiate("permessage-deflate; server_max_window_bits=15"));

    [Fact]
    public void Offers_may_stand_in_several_headers() =>
        Assert.Equal(Base, PerMessageDeflate.Negotiate(new StringValues(["permessage-deflate; unknown", "permessage-deflate"])));

    [Theory]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; server_max_window_bits=14")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=015")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover; Client_No_Context_Takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate;")]
    public void An_offer_that_cannot_be_satisfied_is_declined(string offer) =>
        Assert.Null(PerMessageDeflate.Negotiate(offer));
}
