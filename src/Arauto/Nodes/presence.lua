-- Says with how many connections a user is in a channel on one node.
-- KEYS[1] users of the channel; each value lists leases of nodes as "lease=connections lease=connections"
-- ARGV[1] the user; ARGV[2] the node's lease; ARGV[3] the number, -1 when the user has gone there; ARGV[4] expiry in milliseconds;
-- ARGV[5] the node, with whose name its leases begin: of those only the newest stays
-- Returns whether the user was there on this node, and the other leases under which the user is there.
local known = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local places, others, was = {}, {}, 0
for lease, count in string.gmatch(known, '(%S+)=(%d+)') do
  if string.sub(lease, 1, #ARGV[5]) == ARGV[5] then was = 1
  else
    places[#places + 1] = lease .. '=' .. count
    others[#others + 1] = lease
  end
end
if tonumber(ARGV[3]) >= 0 then places[#places + 1] = ARGV[2] .. '=' .. ARGV[3] end
if #places > 0 then redis.call('HSET', KEYS[1], ARGV[1], table.concat(places, ' ')) else redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { was, others }
